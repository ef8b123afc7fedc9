"""Which demo voice is nearest to a speaker: by pitch and by colour."""

from dataclasses import dataclass

import librosa
import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000  # Hz
SEMITONES, MFCC_STEPS = 3.0, 25.0  # differences that count as much as one another

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Character:
    """What a speaker sounds like, over some seconds of speech."""

    pitch: float  # Hz, median of voiced frames
    colour: Floats  # mean MFCCs 1 to 12; the first, loudness, is left out

    def distance(self, other: "Character") -> float:
        """0 for the same speaker; about 1 for a clear difference."""
        semitones = 12 * abs(np.log2(self.pitch / other.pitch))
        colour = np.linalg.norm(self.colour - other.colour)
        return float(np.hypot(semitones / SEMITONES, colour / MFCC_STEPS))


def character_of(samples: Floats, sample_rate: int) -> Character:
    """The character of ``samples`` [n_samples], a few seconds of speech by one speaker."""
    speech = librosa.resample(samples, orig_sr=sample_rate, target_sr=SAMPLE_RATE)
    frame, hop = 1024, 256
    levels = librosa.feature.rms(y=speech, frame_length=frame, hop_length=hop)[0]
    loud = levels > levels.max() * 0.1
    pitch = librosa.yin(speech, fmin=65, fmax=400, sr=SAMPLE_RATE, frame_length=frame, hop_length=hop)
    mfcc = librosa.feature.mfcc(y=speech, sr=SAMPLE_RATE, n_mfcc=13, n_fft=frame, hop_length=hop)[1:]
    count = min(len(loud), len(pitch), mfcc.shape[1])
    loud = loud[:count]
    return Character(float(np.median(pitch[:count][loud])), mfcc[:, :count][:, loud].mean(axis=1))
