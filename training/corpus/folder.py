"""Read and write a corpus folder: `metadata.csv` has a line `name|sentence` for each `name.wav`."""

import pathlib
from dataclasses import dataclass

import numpy as np
import soundfile
import torch

from training.models.coqui import AudioProcessor, GlowTTSConfig, TTSTokenizer
from training.sentences.pronunciation import pronounced_jamo

METADATA = "metadata.csv"
REJECTED = "rejected.txt"


@dataclass(frozen=True)
class Utterance:
    """One sentence and its recorded speech."""

    symbol_ids: torch.Tensor  # int64 [n_symbols]
    mel: torch.Tensor  # float32 [n_frames, n_mels], natural log
    waveform: torch.Tensor  # float32 [n_samples], -1..1


def write_metadata(corpus: pathlib.Path, sentences: dict[str, str]) -> None:
    """Write the list of wavs; the keys of `sentences` are file names without `.wav`."""
    lines = [f"{name}|{sentence}\n" for name, sentence in sentences.items()]
    (corpus / METADATA).write_text("".join(lines), encoding="utf-8")


def rejected_names(corpus: pathlib.Path) -> set[str]:
    """Return the file names of the wavs that `rejected.txt` excludes from training."""
    rejected = corpus / REJECTED
    lines = rejected.read_text(encoding="utf-8").splitlines() if rejected.exists() else []
    return {line.split("\t")[0] for line in lines}


def corpus_size(corpus: pathlib.Path) -> tuple[int, float]:
    """Return the number of wavs to train on, and their duration in minutes."""
    rejected = rejected_names(corpus)
    seconds = [soundfile.info(wav).duration for wav in corpus.glob("*.wav") if wav.name not in rejected]
    return len(seconds), sum(seconds) / 60


def listed_sentences(corpus: pathlib.Path) -> list[tuple[pathlib.Path, str]]:
    """Return the wavs in `metadata.csv` whose file exists, with their sentences."""
    rows = [line.split("|") for line in (corpus / METADATA).read_text(encoding="utf-8").splitlines()]
    wavs = [(corpus / f"{name}.wav", sentence) for name, sentence in rows]
    return [(wav, sentence) for wav, sentence in wavs if wav.exists()]


def recorded_sentences(corpus: pathlib.Path) -> list[tuple[pathlib.Path, str]]:
    """Return the same without the wavs in `rejected.txt`: what is trained on."""
    rejected = rejected_names(corpus)
    return [(wav, sentence) for wav, sentence in listed_sentences(corpus) if wav.name not in rejected]


def load_utterances(corpus: pathlib.Path, config: GlowTTSConfig) -> list[Utterance]:
    """Load the corpus, with the symbol ids and mels of the acoustic model that `config` describes."""
    tokenizer, _ = TTSTokenizer.init_from_config(config)
    audio_processor = AudioProcessor(config.audio)
    utterances = []
    for wav, sentence in recorded_sentences(corpus):
        waveform, _ = soundfile.read(wav, dtype="float32")
        mel = audio_processor.melspectrogram(waveform)
        utterances.append(
            Utterance(
                torch.tensor(tokenizer.text_to_ids(pronounced_jamo(sentence))),
                torch.from_numpy(np.ascontiguousarray(mel.T, dtype=np.float32)),
                torch.from_numpy(waveform),
            )
        )
    return utterances
