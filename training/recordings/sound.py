"""Check the sound of a recording, without a recognizer or a model."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
from django.utils.translation import gettext as _

from training.recordings.metadata import Problem, Recording
from training.recordings.sound_files import unreadable_message
from voices.synth import read
from voices.synth.audio import frame_levels
from voices.synth.text.hangul import count_syllables

MIN_SAMPLE_RATE = 16_000  # Hz; the mels of the voices go up to 8 kHz
MAX_SAMPLE_RATE = 192_000
MIN_SECONDS, MAX_SECONDS = 0.4, 20.0
SILENT = -50.0  # dB below full scale; a recording without a louder frame is silent
FULL_SCALE = 0.999
CLIPPED_SHARE, CLIPPED_WARNING = 1e-3, 1e-4  # share of samples at full scale whose neighbours are too
NOISE_DISTANCE, NOISE_WARNING = 20.0, 30.0  # dB between the quietest frames and the loud ones
# The first bytes of files that are renamed to .wav, and what they are.
FOREIGN_STARTS = {
    b"ftyp": "M4A", b"#!AMR": "AMR", b"\x30\x26\xb2\x75": "WMA", b"\x1a\x45\xdf\xa3": "WebM", b"\xff\xf1": "AAC",
    b"\xff\xf9": "AAC",
}  # fmt: skip
SYLLABLES_PER_SECOND = (1.2, 10.0)  # people speak 4 to 7

Samples = npt.NDArray[np.float32]


def check_sound(recording: Recording) -> list[Problem]:
    """Return the problems of one recording, those that exclude it first; none if it is good."""
    name = recording.path.name

    def left_out(message: str) -> list[Problem]:
        return [Problem(name, message, True)]

    try:
        about = soundfile.info(recording.path)
        if not MIN_SAMPLE_RATE <= about.samplerate <= MAX_SAMPLE_RATE:
            return left_out(sample_rate_message(about.samplerate))
        if not MIN_SECONDS <= about.duration <= MAX_SECONDS:
            return left_out(
                _("%(seconds).1f s long; %(min).1f to %(max).0f can be used")
                % {"seconds": about.duration, "min": MIN_SECONDS, "max": MAX_SECONDS}
            )
        samples = read_samples(recording.path)
    except soundfile.LibsndfileError:
        return left_out(unreadable_reason(recording.path))
    if not np.isfinite(samples).all():
        return left_out(_("holds samples that are no numbers; export it again"))
    levels = levels_of(samples, about.samplerate)
    if levels.max() < SILENT:
        return left_out(_("is silent"))
    problems = [
        *_clipping(name, samples),
        *_noise(name, levels),
        *_pace(recording, levels),
    ]
    return sorted(problems, key=lambda problem: not problem.left_out)


def unreadable_reason(path: Path) -> str:
    """Return why a sound file can't be read, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        return _("is no WAV that can be read: it is empty; copy it again")
    kind = next((kind for start, kind in FOREIGN_STARTS.items() if start in head), None)
    return unreadable_message(kind) if kind else _("is no WAV that can be read")


def sample_rate_message(sample_rate: int) -> str:
    """Return the message for a sample rate that can't be used."""
    return _("sample rate %(rate)d Hz; at least %(min)d is needed") % {"rate": sample_rate, "min": MIN_SAMPLE_RATE}


def read_samples(path: Path) -> Samples:
    """Return the samples, float32 [n_samples], -1..1, as the mean of all channels."""
    samples, _rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono: Samples = samples.mean(axis=1)
    return mono


def levels_of(samples: Samples, sample_rate: int) -> npt.NDArray[np.float64]:
    """Return the level of every 20 ms in dB below full scale, [n_frames]."""
    return frame_levels(samples, sample_rate // 50)


def sample_rate_of(path: Path) -> int:
    """Return the sample rate of a WAV in Hz."""
    return int(soundfile.info(path).samplerate)


def syllable_count(text: str) -> int:
    """Count the syllables of a text as it is read out, numbers included."""
    return count_syllables(read(text, "spelled").text)


def _clipping(name: str, samples: Samples) -> list[Problem]:
    full = np.abs(samples) >= FULL_SCALE
    share = float(np.mean(full[:-2] & full[1:-1] & full[2:]))
    if share < CLIPPED_WARNING:
        return []
    return [Problem(name, _("clips: recorded too loud"), share >= CLIPPED_SHARE)]


def _noise(name: str, levels: npt.NDArray[np.float64]) -> list[Problem]:
    distance = float(np.percentile(levels, 90) - np.percentile(levels, 3))
    if distance >= NOISE_WARNING:
        return []
    message = _("noisy: the background is only %(distance).0f dB below the voice") % {"distance": distance}
    return [Problem(name, message, distance < NOISE_DISTANCE)]


def _pace(recording: Recording, levels: npt.NDArray[np.float64]) -> list[Problem]:
    """Return a problem if nobody speaks so fast or slowly: the text is another one, or the sample rate is wrong."""
    spoken = np.flatnonzero(levels > levels.max() - 40)
    seconds = (spoken[-1] - spoken[0] + 1) / 50
    syllables = syllable_count(recording.text)
    if SYLLABLES_PER_SECOND[0] <= syllables / seconds <= SYLLABLES_PER_SECOND[1]:
        return []
    message = _("%(syllables)d syllables of text, but %(seconds).1f s of speech") % {
        "syllables": syllables,
        "seconds": seconds,
    }
    return [Problem(recording.path.name, message, True)]
