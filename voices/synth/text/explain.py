"""Show which rules read a text, in their order, to find the one that reads something wrongly.

python -m voices.synth.text.explain "3시에 BTS 봐요"
"""

from __future__ import annotations

import sys

from voices.synth.text.normalize.particles import SEAM
from voices.synth.text.normalize.pipeline import normalize


def explain(text: str) -> list[tuple[str, str]]:
    """Return the name of each rule or lexicon that changed `text`, and the text after it, with SEAM shown as `|`."""
    steps: list[tuple[str, str]] = []
    normalize(text, on_change=lambda name, now: steps.append((name, now.replace(SEAM, "|"))))
    return steps


def main() -> None:
    for name, now in explain(" ".join(sys.argv[1:])):
        sys.stdout.write(f"{name:32} {now}\n")


if __name__ == "__main__":
    main()
