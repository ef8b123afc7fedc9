"""Both models of the training recipe, much smaller, and a corpus of a few seconds: for runs of a few steps."""

from pathlib import Path

import soundfile
import torch

from testing.recordings import SAMPLE_RATE, speech
from training.corpus.folder import write_metadata
from training.models.configs import acoustic_config, vocoder_config
from training.models.coqui import GlowTTS
from training.models.start import build_generator


def write_small_acoustic_model(folder: Path) -> None:
    """Write a Glow-TTS with random weights, as the recipe exports it."""
    config = acoustic_config()
    config.hidden_channels_enc = config.hidden_channels_dec = config.hidden_channels_dp = 16
    config.num_flow_blocks_dec = 2
    config.num_block_layers = 2
    config.encoder_params = {**config.encoder_params, "num_layers": 1, "hidden_channels_ffn": 32}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = GlowTTS(config)
    folder.mkdir(parents=True)
    config.save_json(str(folder / "1g_config.json"))
    torch.save({"model": model.state_dict(), "step": 1}, folder / "1g_checkpoint_1.pth.tar")


def write_small_vocoder(folder: Path) -> None:
    """Write a HiFi-GAN generator with random weights, as the recipe exports it."""
    config = vocoder_config()
    config.generator_model_params = {**config.generator_model_params, "upsample_initial_channel": 16}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        generator = build_generator(config)
    folder.mkdir(parents=True)
    config.save_json(str(folder / "1h_config.json"))
    torch.save({"model": generator.state_dict(), "step": 1}, folder / "1h_checkpoint_1.pth.tar")


def write_small_corpus(folder: Path) -> None:
    """Write a corpus of six utterances."""
    folder.mkdir(parents=True)
    sentences = {f"{number}": "안녕하세요, 반갑습니다." for number in range(6)}
    for name in sentences:
        soundfile.write(folder / f"{name}.wav", speech(9, seed=int(name)), SAMPLE_RATE, subtype="PCM_16")
    write_metadata(folder, sentences)
