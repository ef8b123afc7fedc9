"""What staff should know about a voice that can speak, before fans hear it."""

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from voices.library.converted import card_of
from voices.synth.audio import FULL_SCALE

WARNINGS = {
    "no_card": _("It has no card: nothing tells what it was made of."),
    "other_weights_than_its_card": _("Its card is about other weights."),
    "other_mode_than_its_card": _("Its card names the other reading mode."),
    "quiet": _("It is much quieter than other voices."),
    "loud": _("It is so loud that it may distort."),
}
QUIET_DB, LOUD_PEAK = -32.0, 0.989  # RMS below full scale; largest sample, just below where peaks are limited


def find_warnings(glow_tts_dir: str, glow_tts_sha256: str, mode: str, samples: NDArray[np.int16]) -> list[str]:
    """Return the codes of the ``WARNINGS`` that are true for a voice that has spoken ``samples``, and by its card."""
    card = card_of(glow_tts_dir)
    speech = samples.astype(np.float64) / FULL_SCALE
    level = 10 * np.log10(float(np.mean(np.square(speech))) + 1e-12)
    found = {
        "no_card": card is None,
        "other_weights_than_its_card": card is not None and card.acoustic_model.sha256 != glow_tts_sha256,
        "other_mode_than_its_card": card is not None and card.mode != mode,
        "quiet": level < QUIET_DB,
        "loud": float(np.abs(speech).max()) >= LOUD_PEAK,
    }
    return [code for code, holds in found.items() if holds]
