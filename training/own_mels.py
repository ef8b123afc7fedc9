"""What the acoustic model makes of the corpus, frame beside frame with the recorded speech."""

import pathlib
from typing import Any

import torch

from training.corpus.folder import Utterance
from training.models.coqui import GlowTTS, load_config
from training.models.start import open_acoustic_model

LEVEL_UTTERANCES = 16  # that tell how much louder than its corpus a voice is


@torch.inference_mode()
def own_mels(acoustic_model: pathlib.Path, utterances: list[Utterance]) -> list[torch.Tensor]:
    """Return the mels that an acoustic model makes of each utterance, aligned to the utterance's own.

    The text is laid along the recorded frames and spoken without noise, so these mels are smooth where the service's
    are smooth: what a vocoder has to learn to sharpen.

    Args:
        acoustic_model: the folder of a run, or of a finished voice.
        utterances: of the voice that the model speaks with.

    Returns:
        float32 [n_frames or n_frames - 1, n_mels] each: Glow-TTS drops an odd frame.
    """
    model = _open(acoustic_model).eval()
    model.store_inverse()
    # A finished voice speaks louder than its corpus; a vocoder that learnt the difference would take it back.
    louder = [(_own_mel(model, u, u.mel).mean() - u.mel.mean()) for u in utterances[:LEVEL_UTTERANCES]]
    level = float(torch.stack(louder).mean()) if louder else 0.0
    return [_own_mel(model, utterance, utterance.mel + level) - level for utterance in utterances]


def _own_mel(model: Any, utterance: Utterance, mel: torch.Tensor) -> torch.Tensor:
    ids, frames = utterance.symbol_ids.unsqueeze(0), mel.unsqueeze(0)
    aligned = model.forward(ids, torch.tensor([ids.shape[1]]), frames, torch.tensor([frames.shape[1]]))["y_mean"]
    own, _ = model.decoder(aligned.transpose(1, 2), torch.ones(1, 1, aligned.shape[1]), reverse=True)
    own_mel: torch.Tensor = own[0].T.contiguous()
    return own_mel


def _open(folder: pathlib.Path) -> Any:
    run = folder / "acoustic.pth"
    if not run.exists():
        return open_acoustic_model(folder).model
    model = GlowTTS(load_config(str(folder / "acoustic_config.json")))
    model.load_state_dict(torch.load(run, map_location="cpu", weights_only=True)["average"])
    return model
