"""How well our own speech is known again by its fingerprint, and how often other speech is taken for it.

    python -m bench.fingerprint [--clips 60]

The demo voices speak, most of it is recorded as made here, and all of it is changed as files are in the world. Found is
what is known again; another is taken for other words, too; wrong is speech of the same voices that was never recorded,
and is taken for something that was. The last line says what recording costs, beside the speaking.
"""

import argparse
import io
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from bench.own_database import own_database
from voices.library.manifest import read_manifest
from voices.synth import encode, load_voice, synthesize
from voices.synth.mark import Mark

VOICE_MODEL = Path(__file__).parents[1] / "voice_model"
SENTENCES = Path(__file__).parents[1] / "training" / "sentences"
FILES = ("everyday.txt", "held_out.txt", "short.txt")
SAID_BY_ALL, SAID_TWICE = 15, 8  # of the sentences of each voice: by the others too, and once more as another take
NEVER_RECORDED = 5  # every fifth sentence
SHORTEST_SECONDS = 1.0

Samples = NDArray[np.float32]
Sound = tuple[Samples, int]  # samples [n_samples] and their rate in Hz


@dataclass(frozen=True)
class Clip:
    """A sentence as a voice spoke it."""

    member: str
    text: str
    seed: int
    sample_rate: int  # Hz
    samples: NDArray[np.int16]


def spoken_clips(per_voice: int, voices: int | None = None) -> Iterator[Clip]:
    """Let each demo voice, or the first ``voices`` of them, speak so many sentences."""
    sentences = [
        line.strip()
        for name in FILES
        for line in (SENTENCES / name).read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    random.Random(1).shuffle(sentences)  # the same each time
    for index, member in enumerate(read_manifest(VOICE_MODEL)[:voices]):
        voice = load_voice(VOICE_MODEL / member.glow_tts_dir, VOICE_MODEL / member.hifigan_dir, mode=member.mode)
        for number in range(per_voice):
            text = sentences[number if number < SAID_BY_ALL else SAID_BY_ALL + index * per_voice + number]
            for seed in (0, 7) if number < SAID_TWICE else (0,):
                speech = synthesize(voice, text, seed=seed)
                samples = (speech.samples * 32767).astype(np.int16)
                yield Clip(member.slug, text, seed, speech.sample_rate, samples)


def encoded(sound: Sound, container: str, subtype: str, **options: Any) -> Sound:
    """Encode and decode."""
    samples, rate = sound
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, format=container, subtype=subtype, **options) as target:
        for start in range(0, len(samples), rate):  # one long write overflows libsndfile's stack
            target.write(samples[start : start + rate])
    file.seek(0)
    decoded: Sound = soundfile.read(file, dtype="float32")
    return decoded


def mp3(sound: Sound, compression: float = 0.6) -> Sound:
    return encoded(sound, "MP3", "MPEG_LAYER_III", bitrate_mode="CONSTANT", compression_level=compression)


def opus(sound: Sound) -> Sound:
    return encoded((soxr.resample(sound[0], sound[1], 48000), 48000), "OGG", "OPUS")


def cut(sound: Sound, seconds: float, generator: np.random.Generator) -> Sound:
    samples, rate = sound
    length = int(seconds * rate)
    start = int(generator.integers(0, max(1, len(samples) - length)))
    return samples[start : start + length], rate


def played(sound: Sound, by: float) -> Sound:
    """Play so many times as fast, as a tape: higher, too."""
    return soxr.resample(sound[0], sound[1] * by, sound[1]), sound[1]


def stretched(sound: Sound, by: float) -> Sound:
    """Speak so many times as fast at the same pitch, by a phase vocoder."""
    samples, rate = sound
    size, hop = 1024, 256
    window = np.hanning(size).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, size), size)[::hop]
    spectra = np.fft.rfft(frames * window, axis=1)
    expected = 2 * np.pi * hop * np.arange(size // 2 + 1) / size
    positions = np.arange(0, len(spectra) - 2, by)
    phase, result = np.angle(spectra[0]), np.zeros(len(positions) * hop + size, np.float32)
    for number, position in enumerate(positions):
        before, part = int(position), position % 1
        level = (1 - part) * np.abs(spectra[before]) + part * np.abs(spectra[before + 1])
        result[number * hop : number * hop + size] += np.fft.irfft(level * np.exp(1j * phase)) * window
        turned = np.angle(spectra[before + 1]) - np.angle(spectra[before]) - expected
        phase += expected + turned - 2 * np.pi * np.round(turned / (2 * np.pi))
    return result[size:] / 1.5, rate


def with_music(sound: Sound, decibels: float, generator: np.random.Generator) -> Sound:
    """Lay chords that change twice a second, and noise, so much louder than the speech (negative: quieter)."""
    samples, rate = sound
    seconds = np.arange(len(samples)) / rate
    music = generator.normal(0, 0.5, len(samples))
    for start in range(0, len(samples), rate // 2):
        part = slice(start, start + rate // 2)
        for note in generator.choice([220.0, 261.6, 329.6, 392.0, 440.0, 523.3, 659.3, 784.0], 3, replace=False):
            music[part] += sum(np.sin(2 * np.pi * note * harmonic * seconds[part]) / harmonic for harmonic in (1, 2, 3))
    music *= np.sqrt(np.mean(samples**2) / np.mean(music**2)) * 10 ** (decibels / 20)
    return (samples + music).astype(np.float32), rate


CHANGES: dict[str, Callable[[Sound, np.random.Generator], Sound]] = {
    "none": lambda sound, g: sound,
    "MP3, 64 kbit/s": lambda sound, g: mp3(sound),
    "MP3, lowest rate": lambda sound, g: mp3(sound, 0.9),
    "Opus": lambda sound, g: opus(sound),
    "telephone, 8 kHz": lambda sound, g: (soxr.resample(sound[0], sound[1], 8000), 8000),
    "cut to 2 s, MP3": lambda sound, g: mp3(cut(sound, 2.0, g)),
    "cut to 1 s, MP3": lambda sound, g: mp3(cut(sound, 1.0, g)),
    "5 % faster and higher, MP3": lambda sound, g: mp3(played(sound, 1.05)),
    "5 % slower and deeper, MP3": lambda sound, g: mp3(played(sound, 0.95)),
    "5 % faster, same pitch": lambda sound, g: stretched(sound, 1.05),
    "5 % slower, same pitch": lambda sound, g: stretched(sound, 0.95),
    "music at -15 dB, MP3": lambda sound, g: mp3(with_music(sound, -15, g)),
    "music at -10 dB, MP3": lambda sound, g: mp3(with_music(sound, -10, g)),
    "3 s, 4 % faster, music at -15 dB, Opus": lambda sound, g: opus(
        with_music(cut(played(sound, 1.04), 3.0, g), -15, g)
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=6, help="of each voice; the figures in docs/provenance.md: 60")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    started = time.perf_counter()
    clips = list(spoken_clips(1, 1) if arguments.quick else spoken_clips(arguments.clips))
    spoken_seconds = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as name:
        own_database(Path(name))
        texts = sorted({clip.text for clip in clips})
        unknown = set(texts[::NEVER_RECORDED]) if len(texts) > 1 else set()
        recorded_seconds = record([clip for clip in clips if clip.text not in unknown])
        print(f"{len(clips)} clips, of which {sum(clip.text in unknown for clip in clips)} are not recorded\n")
        print(f"{'change':<40} {'found':>12} {'another':>8} {'wrong':>12}   ms a question")
        for change in list(CHANGES)[: 2 if arguments.quick else None]:
            print(_row(change, clips, unknown), flush=True)
    seconds_of_sound = sum(len(clip.samples) / clip.sample_rate for clip in clips)
    print(
        f"\nrecording: {1000 * recorded_seconds / seconds_of_sound:.1f} ms for a second of sound, "
        f"{100 * recorded_seconds / spoken_seconds:.1f} % of the time that speaking took (with the loading of voices)"
    )


def record(clips: list[Clip]) -> float:
    """Record the clips as a worker does, each as an MP3; return the seconds that it took, without the encoding."""
    from django.utils import timezone

    from voices.models import Origin
    from voices.origins import origin_of

    seconds = 0.0
    for number, clip in enumerate(clips):
        audio = encode(clip.samples, clip.sample_rate, "mp3")
        started = time.perf_counter()
        mark = Mark(member=clip.member, request=f"{number}", voice=f"{clip.seed}")
        origin = origin_of(mark, timezone.now(), audio)
        Origin.objects.record(origin)
        seconds += time.perf_counter() - started
    return seconds


def _row(change: str, clips: list[Clip], unknown: set[str]) -> str:
    """Return a line: how many recorded clips are found, for how many another one is, how many others are taken for one.

    Another is one with other words, or of another voice; another take of the same is none.
    """
    from voices.verification import find_origins

    generator = np.random.default_rng(0)
    recorded = [clip for clip in clips if clip.text not in unknown]
    found = another = wrong = asked = 0
    seconds = 0.0
    for clip in clips:
        if len(clip.samples) < SHORTEST_SECONDS * clip.sample_rate:
            continue
        original = (clip.samples / np.float32(32767)).astype(np.float32)
        samples, rate = CHANGES[change]((original, clip.sample_rate), generator)
        started = time.perf_counter()
        origins = find_origins((np.clip(samples, -1, 1) * 32767).astype(np.int16), rate)
        seconds += time.perf_counter() - started
        asked += 1
        if clip.text in unknown:
            wrong += bool(origins)
            continue
        matches = [recorded[int(origin.reference)] for origin in origins]
        found += any(match is clip for match in matches)
        another += any((match.member, match.text) != (clip.member, clip.text) for match in matches)
    known = sum(clip.text not in unknown and len(clip.samples) >= SHORTEST_SECONDS * clip.sample_rate for clip in clips)
    return (
        f"{change:<40} {found:4} of {known:4} {another:8} {wrong:4} of {asked - known:4}   {1000 * seconds / asked:.0f}"
    )


if __name__ == "__main__":
    main()
