"""Prepare speech for training: trim it, set its level, and add a faint noise."""

import numpy as np
import numpy.typing as npt

from voices.synth.audio import frame_energies

MARGIN = 0.04  # seconds left before and after the speech
LOUDNESS = -22.0  # dB below full scale, RMS over the part that is speech
PEAK = 0.9
# Digital silence is minus infinity in a log mel; noise of -80 dB gives it a value that the models can learn.
DITHER = 1e-4

Waveform = npt.NDArray[np.float32]


def clean(samples: Waveform, sample_rate: int, noise: np.random.Generator) -> Waveform:
    """Trim speech [n_samples], set its level and add dither. The speech must not be silent."""
    frame = sample_rate // 100
    energy = frame_energies(samples, frame)
    speech = np.flatnonzero(energy > energy.max() * 1e-4)  # within 40 dB of the loudest 10 ms
    margin = int(MARGIN * sample_rate)
    first = max(0, speech[0] * frame - margin)
    samples = samples[first : (speech[-1] + 1) * frame + margin]
    loudness_gain = 10 ** (LOUDNESS / 20) / np.sqrt(energy[speech].mean())
    gain = float(min(loudness_gain, PEAK / np.abs(samples).max()))
    dithered = samples * gain + noise.normal(0, DITHER, len(samples))
    return dithered.astype(np.float32)
