"""Measure a vocoder by copy synthesis: real speech to mel, mel back to speech, and how much of the speech is left.

    python -m training.measure_vocoder HIFIGAN_FOLDER [--voices 1 2] [--sentences 12]

The folder has an exported vocoder, which sounds as in the service: refined, where its config asks for that. The
teachers of the demo voices read sentences that no training saw. Four measures, each a mean over the sentences with its
95 % interval:

PESQ      perceived quality, wideband, 1 to 4.64 (ITU-T P.862.2)
V/UV      share of frames that are voiced in one and not in the other, %
pitch     difference in cents over the frames that are voiced in both, root mean square
mel       difference of the natural-log mels, mean
"""

import argparse
import pathlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pesq
import soxr
import torch

from training.corpus.clean import Waveform
from training.corpus.make import Teacher
from training.corpus.teachers import TEACHERS
from training.measures.intervals import table
from training.measures.pitch import pitch, pitch_difference
from training.models.configs import HOP_LENGTH, SAMPLE_RATE, acoustic_config
from training.models.coqui import AudioProcessor
from training.sentences import held_out_sentences
from voices.synth.vocoder import Vocoder, load_vocoder

PESQ_SAMPLE_RATE = 16_000  # Hz, of the wideband measure
SENTENCES = 12

Measures = dict[str, list[float]]


def measure_copies(vocoder: Vocoder, originals: Iterable[Waveform]) -> Measures:
    """Measure what a vocoder makes of each waveform's own mel; values in the order of the waveforms.

    Args:
        vocoder: trained on natural-log mels of `audio_config`.
        originals: speech at `SAMPLE_RATE`, each [n_samples], of a second or more.
    """
    audio_processor = AudioProcessor(acoustic_config().audio)
    measures: Measures = defaultdict(list)
    for original in originals:
        mel = audio_processor.melspectrogram(original)
        original = original[: mel.shape[1] * HOP_LENGTH]
        copy = copy_of(vocoder, mel)[: len(original)]
        original = original[: len(copy)]
        difference = pitch_difference(pitch(original, SAMPLE_RATE), pitch(copy, SAMPLE_RATE))
        measures["PESQ"].append(perceived_quality(original, copy))
        measures["V/UV, %"].append(100 * difference.voicing_errors)
        measures["pitch, cents"].append(difference.cents)
        copied_mel = audio_processor.melspectrogram(copy)
        length = min(mel.shape[1], copied_mel.shape[1])
        measures["mel"].append(float(np.abs(mel[:, :length] - copied_mel[:, :length]).mean()))
    return dict(measures)


def copy_of(vocoder: Vocoder, mel: np.ndarray[Any, np.dtype[np.float32]]) -> Waveform:
    """Return what the vocoder makes of a natural-log mel [n_mels, n_frames]: float32 [n_frames * HOP_LENGTH]."""
    samples = vocoder.waveform(mel.T)
    return samples[vocoder.padding_samples : len(samples) - vocoder.padding_samples]


def perceived_quality(original: Waveform, copy: Waveform) -> float:
    """Return wideband PESQ of a copy at `SAMPLE_RATE`; nan where the original holds no speech."""
    both = [soxr.resample(samples, SAMPLE_RATE, PESQ_SAMPLE_RATE) for samples in (original, copy)]
    try:
        return float(pesq.pesq(PESQ_SAMPLE_RATE, *both, "wb"))
    except pesq.NoUtterancesError:
        return float("nan")


def teacher_reads(voice: str, sentences: Iterable[str]) -> Iterator[Waveform]:
    """Yield each sentence in the voice of a demo voice's teacher, as a corpus has it."""
    teacher = Teacher(TEACHERS[voice])
    for sentence in sentences:
        yield teacher.read(sentence, np.random.default_rng(0))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a vocoder by copy synthesis.")
    parser.add_argument("hifigan", type=pathlib.Path)
    parser.add_argument("--voices", nargs="+", choices=TEACHERS, default=list(TEACHERS))
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    vocoder = load_vocoder(arguments.hifigan)
    sentences = held_out_sentences()[: arguments.sentences]
    rows = {f"voice {voice}": measure_copies(vocoder, teacher_reads(voice, sentences)) for voice in arguments.voices}
    print(table(rows))


if __name__ == "__main__":
    main()
