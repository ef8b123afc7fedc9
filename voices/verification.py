"""Whether a sound file was made by this service: by its samples, by its fingerprint, and by what its metadata say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voices.choices import MadeHere
from voices.intake.sound import decode_sound
from voices.origins import Origin
from voices.synth.fingerprint import AS_IT_WAS, FASTER_OR_SLOWER, align, find_peaks, keys_of
from voices.synth.mark import Mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voices.synth.fingerprint import Peaks

PIECE_SECONDS = (
    10.0  # of the sound that is looked for at a time: a file may hold several that we made, one after another
)
MOST_FOUND = 10


@dataclass(frozen=True)
class Verdict:
    """What is found out about a file."""

    made_here: MadeHere
    # What was found in it, the most alike first; of a mere mark, what the mark names.
    origins: list[Origin] = field(default_factory=list)
    # What its metadata say, whoever wrote them; empty if they say nothing of AI.
    mark: dict[str, str] = field(default_factory=dict)


def verify(path: Path) -> Verdict:
    """Find out about a sound file. Raises :class:`voices.intake.sound.SoundRefused`, or ``OSError``."""
    sound = decode_sound(path)
    mark = _mark_in(sound.heard.comment)
    if same := Origin.objects.filter(samples_sha256=sound.heard.samples_sha256).order_by("made_at").first():
        return Verdict(MadeHere.SAME_SAMPLES, [same], mark)
    named = Origin.objects.filter(reference=mark.get("request", "")).first()
    if found := find_origins(sound.samples, sound.heard.sample_rate, named):
        return Verdict(MadeHere.SAME_SOUND, found, mark)
    # Whoever can write metadata can copy ours into any file.
    says_so = mark.get("service") == Mark.service
    return Verdict(MadeHere.SAYS_SO if says_so else MadeHere.UNKNOWN, [named] if named and says_so else [], mark)


def _mark_in(comment: str) -> dict[str, str]:
    """Return the mark that a file's comment holds, ours or another's, its values as text."""
    try:
        said: Any = json.loads(comment)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or said.get("ai_generated") is not True:
        return {}
    names = Mark.__dataclass_fields__
    return {
        name: value[:100].replace("\0", "") for name, value in said.items() if name in names and isinstance(value, str)
    }


def find_origins(samples: NDArray[np.int16], sample_rate: int, named: Origin | None = None) -> list[Origin]:
    """Return the origins of what is heard in `samples` [n_samples], the most alike first, at most ``MOST_FOUND``.

    ``named`` is what the file itself names, and is compared first.
    """
    peaks = find_peaks(samples, sample_rate)
    found: dict[int, tuple[int, Origin]] = {}
    start = 0.0
    while start * sample_rate < len(samples) and len(found) < MOST_FOUND:
        piece = peaks[(peaks[:, 0] >= start) & (peaks[:, 0] < start + PIECE_SECONDS)]
        for common, origin in _matches(piece, named):
            if common > found.get(origin.pk, (0, origin))[0]:
                found[origin.pk] = common, origin
        start += PIECE_SECONDS
    return [origin for _common, origin in sorted(found.values(), key=lambda one: -one[0])][:MOST_FOUND]


def _matches(piece: Peaks, named: Origin | None) -> list[tuple[int, Origin]]:
    """Return what matches a piece, with how many peaks: first as it was made, and only then faster or slower."""
    for playings in ((AS_IT_WAS,), FASTER_OR_SLOWER):
        alike = [named] if named else []
        alike += [origin for origin in Origin.objects.alike(keys_of(piece, playings)) if origin != named]
        aligned = [(align(piece, origin.own_peaks, playings), origin) for origin in alike]
        if matches := [(alignment.common, origin) for alignment, origin in aligned if alignment.is_match]:
            return matches
    return []
