"""The acoustic model's mels of a corpus are as loud as the corpus, at whatever level the voice was set."""

from pathlib import Path

import numpy as np
import torch

from testing.small_voice import write_small_acoustic_model, write_small_corpus
from training.corpus.folder import load_utterances
from training.models.configs import acoustic_config
from training.own_mels import own_mels


def make_louder(weights: Path, natural_log: float) -> None:
    """Make a voice louder by its last step, the inverse of the first flow: a scale and a bias for each mel band."""
    checkpoint = torch.load(weights, weights_only=True)
    bias, logs = (checkpoint["model"][f"decoder.flows.0.{name}"] for name in ("bias", "logs"))
    checkpoint["model"]["decoder.flows.0.bias"] = bias - natural_log * torch.exp(logs)
    torch.save(checkpoint, weights)


def test_own_mels_are_as_loud_as_the_corpus_though_the_voice_is_louder(tmp_path: Path) -> None:
    write_small_corpus(tmp_path / "corpus")
    write_small_acoustic_model(tmp_path / "glow")
    utterances = load_utterances(tmp_path / "corpus", acoustic_config())
    before = own_mels(tmp_path / "glow", utterances)
    (weights,) = (tmp_path / "glow").glob("*.pth.tar")
    make_louder(weights, 0.6)  # about 5 dB
    after = own_mels(tmp_path / "glow", utterances)
    recorded = np.mean([float(utterance.mel.mean()) for utterance in utterances])
    for mels in (before, after):
        assert abs(np.mean([float(mel.mean()) for mel in mels]) - recorded) < 0.1
    assert all(torch.allclose(a, b, atol=0.1) for a, b in zip(after, before, strict=True))
