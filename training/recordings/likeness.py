"""Compare speakers by pitch and timbre."""

from dataclasses import dataclass

import librosa
import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000  # Hz
SEMITONES, MFCC_STEPS = 3.0, 25.0  # differences of pitch and of timbre that have the same weight

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Speaker:
    """Pitch and timbre of a speaker, over some seconds of speech."""

    pitch: float  # Hz, median of voiced frames
    timbre: Floats  # mean MFCCs 1 to 12 [12]; MFCC 0, the loudness, is left out

    def distance(self, other: "Speaker") -> float:
        """Return the distance to another speaker: 0 for the same, about 1 for a clear difference."""
        semitones = 12 * abs(np.log2(self.pitch / other.pitch))
        timbre = np.linalg.norm(self.timbre - other.timbre)
        return float(np.hypot(semitones / SEMITONES, timbre / MFCC_STEPS))


def describe_speaker(samples: Floats, sample_rate: int) -> Speaker:
    """Measure `samples` [n_samples], a few seconds of speech by one speaker at `sample_rate` Hz."""
    speech = librosa.resample(samples, orig_sr=sample_rate, target_sr=SAMPLE_RATE)
    frame, hop = 1024, 256
    levels = librosa.feature.rms(y=speech, frame_length=frame, hop_length=hop)[0]
    loud = levels > levels.max() * 0.1
    pitch = librosa.yin(speech, fmin=65, fmax=400, sr=SAMPLE_RATE, frame_length=frame, hop_length=hop)
    mfcc = librosa.feature.mfcc(y=speech, sr=SAMPLE_RATE, n_mfcc=13, n_fft=frame, hop_length=hop)[1:]
    count = min(len(loud), len(pitch), mfcc.shape[1])
    loud = loud[:count]
    return Speaker(float(np.median(pitch[:count][loud])), mfcc[:, :count][:, loud].mean(axis=1))
