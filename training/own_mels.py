"""What the acoustic model makes of the corpus, frame beside frame with the recorded speech."""

import pathlib
from typing import Any

import torch

from training.corpus.folder import Utterance
from training.models.coqui import GlowTTS, load_config
from training.models.start import open_acoustic_model


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
    mels = []
    for utterance in utterances:
        ids, frames = utterance.symbol_ids.unsqueeze(0), utterance.mel.unsqueeze(0)
        aligned = model.forward(ids, torch.tensor([ids.shape[1]]), frames, torch.tensor([frames.shape[1]]))["y_mean"]
        mel, _ = model.decoder(aligned.transpose(1, 2), torch.ones(1, 1, aligned.shape[1]), reverse=True)
        mels.append(mel[0].T.contiguous())
    return mels


def _open(folder: pathlib.Path) -> Any:
    run = folder / "acoustic.pth"
    if not run.exists():
        return open_acoustic_model(folder).model
    model = GlowTTS(load_config(str(folder / "acoustic_config.json")))
    model.load_state_dict(torch.load(run, map_location="cpu", weights_only=True)["average"])
    return model
