"""What the acoustic model makes of the corpus, frame beside frame with the recorded speech."""

import pathlib

import torch

from training.coqui import GlowTTS, load_config
from training.speech_corpus import Utterance


@torch.inference_mode()
def own_mels(acoustic_run: pathlib.Path, utterances: list[Utterance]) -> list[torch.Tensor]:
    """Mels float32 [n_frames or n_frames - 1, n_mels] by the model of a run folder, aligned to each utterance's own.

    The text is laid along the recorded frames and spoken without noise, so these mels are smooth where
    the service's are smooth: what a vocoder has to learn to sharpen.
    """
    model = GlowTTS(load_config(str(acoustic_run / "acoustic_config.json")))
    state = torch.load(acoustic_run / "acoustic.pth", map_location="cpu", weights_only=True)
    model.load_state_dict(state["average"])
    model.eval()
    model.store_inverse()
    mels = []
    for utterance in utterances:
        ids, frames = utterance.symbol_ids.unsqueeze(0), utterance.mel.unsqueeze(0)
        aligned = model.forward(ids, torch.tensor([ids.shape[1]]), frames, torch.tensor([frames.shape[1]]))["y_mean"]
        mel, _ = model.decoder(aligned.transpose(1, 2), torch.ones(1, 1, aligned.shape[1]), reverse=True)
        mels.append(mel[0].T.contiguous())
    return mels
