"""Speak a list of sentences with an exported voice, and list the wavs with their sentences for a recognizer.

    python -m training.measures.speak VOICE_MODEL_FOLDER SENTENCES_FILE OUTPUT_FOLDER [--voice 1] [--noise-scale 0.0]

OUTPUT_FOLDER/list.tsv has a line for each sentence: path of the wav, tab, the sentence.
"""

import argparse
import pathlib
from typing import Any

import soundfile
import torch

from training.models.coqui import GlowTTS, HifiganGenerator, TTSTokenizer, load_config
from training.sentences.pronunciation import pronounced_jamo


class Voice:
    """Both models of a voice in coqui-tts's own classes, loaded from the exported files alone."""

    def __init__(self, voice_model: pathlib.Path, voice: str, vocoder: str) -> None:
        config, checkpoint = _files(voice_model / "glow-tts" / voice)
        self.tokenizer, config = TTSTokenizer.init_from_config(config)
        self.acoustic_model = GlowTTS(config)
        self.acoustic_model.load_checkpoint(config, checkpoint, eval=True)
        config, checkpoint = _files(voice_model / "hifigan-v2" / vocoder)
        self.sample_rate: int = config.audio.sample_rate
        self.vocoder = HifiganGenerator(
            in_channels=config.audio.num_mels, out_channels=1, **config.generator_model_params
        )
        self.vocoder.load_checkpoint(config, checkpoint, eval=True)

    @torch.inference_mode()
    def mel(self, text: str) -> torch.Tensor:
        """Return the natural-log mel of a text, float32 [n_frames, n_mels]."""
        ids = torch.tensor([self.tokenizer.text_to_ids(pronounced_jamo(text))])
        lengths = {"x_lengths": torch.tensor([ids.shape[1]]), "d_vectors": None}
        mel: torch.Tensor = self.acoustic_model.inference(ids, {**lengths, "speaker_ids": None})["model_outputs"][0]
        return mel

    @torch.inference_mode()
    def waveform(self, mel: torch.Tensor) -> torch.Tensor:
        """Return the samples of a mel, float32 [n_samples], -1..1."""
        samples: torch.Tensor = self.vocoder.inference(mel.T.unsqueeze(0))[0, 0]
        return samples


def _files(folder: pathlib.Path) -> tuple[Any, pathlib.Path]:
    (config,), (checkpoint,) = folder.glob("*_config.json"), folder.glob("*_checkpoint_*.pth.tar")
    return load_config(str(config)), checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description="Speak a list of sentences with a voice.")
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("sentences", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--voice", default="1")
    parser.add_argument("--vocoder", default="1", help="the demo voices share one")
    parser.add_argument("--noise-scale", type=float, default=0.0)
    parser.add_argument("--length-scale", type=float, default=1.0, help="above 1 is slower")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    voice = Voice(arguments.voice_model, arguments.voice, arguments.vocoder)
    voice.acoustic_model.inference_noise_scale = arguments.noise_scale
    voice.acoustic_model.length_scale = arguments.length_scale
    arguments.output.mkdir(parents=True, exist_ok=True)
    with (arguments.output / "list.tsv").open("w", encoding="utf-8") as listing:
        for number, text in enumerate(arguments.sentences.read_text(encoding="utf-8").splitlines()):
            path = arguments.output / f"{number:02}.wav"
            samples = voice.waveform(voice.mel(text)).numpy()
            soundfile.write(path, samples, voice.sample_rate, subtype="PCM_16")
            listing.write(f"{path}\t{text}\n")


if __name__ == "__main__":
    main()
