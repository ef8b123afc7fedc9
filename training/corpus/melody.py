"""The melody that a sentence's closing mark asks for; the teacher, which knows no Korean, lets every sentence fall.

A question rises on its last syllable (the boundary tone H% of Seoul Korean, which ends questions in 해요체; Jun 2000,
K-ToBI), and an exclamation moves more, and higher, than a statement.
"""

import numpy as np
import numpy.typing as npt

FRAME_SECONDS = 0.0125  # of the teacher's pitch
VOICED = 50.0  # Hz; the teacher gives less where the speech has no voice

RISE_FRAMES = 22  # a last syllable
HELD_FRAMES = 8  # behind it, where a man's voice would creak and end low after all
RISE = 6.0  # semitones, from the median of the sentence to the end of a question
EXCLAMATION_RANGE, EXCLAMATION_RISE = 1.35, 1.0  # of the pitch in semitones: its range by a factor, and itself

Pitch = npt.NDArray[np.float32]


def with_melody(pitch: Pitch, sentence: str) -> Pitch:
    """Return the pitch [n_frames] in Hz that the sentence is to have.

    Args:
        pitch: the teacher's own, one value each `FRAME_SECONDS`.
        sentence: as written; only its last mark counts.
    """
    voiced = np.flatnonzero(pitch > VOICED)
    if len(voiced) == 0:
        return pitch
    median = float(np.median(pitch[voiced]))
    shaped = pitch.copy()
    if sentence.endswith("?"):
        last = voiced[-1]
        pauses = np.flatnonzero(pitch[:last] <= VOICED)
        # Within the last syllable, whose beginning keeps its pitch, and not across a consonant without voice.
        first = max(last - RISE_FRAMES + 1, pauses[-1] + 1 if len(pauses) else 0)
        way = np.linspace(0, 1, last - first + 1, dtype=np.float32) ** 1.5
        peak = median * 2 ** (RISE / 12)
        shaped[first : last + 1] = pitch[first] * (peak / pitch[first]) ** way
        shaped[last + 1 : last + 1 + HELD_FRAMES] = peak
    elif sentence.endswith("!"):
        moved = (pitch[voiced] / median) ** EXCLAMATION_RANGE
        shaped[voiced] = median * 2 ** (EXCLAMATION_RISE / 12) * moved
    return shaped
