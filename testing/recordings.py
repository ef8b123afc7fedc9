"""Synthetic recordings for tests: bursts of sound instead of syllables, with a given level, noise and length."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

SAMPLE_RATE = 22_050


def speech(syllables: int, level: float = 0.1, noise: float = 1e-4, seed: int = 0) -> npt.NDArray[np.float32]:
    """Return samples [n_samples] as long as `syllables` spoken ones, with a pause before and after."""
    random = np.random.default_rng(seed)
    t = np.arange(round(syllables * 0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    voice = sum(np.sin(2 * np.pi * 180 * harmonic * t) / harmonic for harmonic in range(1, 12))
    envelope = np.sin(np.pi * t / 0.2) ** 2
    pause = np.zeros(SAMPLE_RATE // 4)
    samples = np.concatenate([pause, voice * envelope * level, pause])
    return (samples + random.normal(0, noise, len(samples))).astype(np.float32)


def write(path: Path, samples: npt.NDArray[np.float32], sample_rate: int = SAMPLE_RATE) -> Path:
    """Write samples as a WAV of 16 bits, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, sample_rate, subtype="PCM_16")
    return path
