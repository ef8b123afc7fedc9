"""Show which rules read a text, in their order: the first thing to look at when something is read wrongly.

python -m voices.synth.text.explain "3시에 BTS 봐요"
"""

from __future__ import annotations

import sys

from voices.synth.text.normalize.pipeline import normalize


def explain(text: str) -> list[tuple[str, str]]:
    """Return the name of each rule that changed `text`, and the text after it; particles' SEAM is shown as `|`."""
    steps: list[tuple[str, str]] = []
    normalize(text, on_change=lambda rule, now: steps.append((rule.name, now.replace("\ue000", "|"))))
    return steps


def main() -> None:
    for name, now in explain(" ".join(sys.argv[1:])):
        sys.stdout.write(f"{name:32} {now}\n")


if __name__ == "__main__":
    main()
