"""Schemathesis over the whole schema: what a client may send, and what not, one call and many calls in order."""

import re
import subprocess
import sys
from pathlib import Path

from attack.world import World

# No bound may end the run; bounds have attacks of their own.
LIMITS = dict.fromkeys(
    [
        "FORV_MAX_QUEUED", "FORV_MAX_QUEUED_PER_FAN", "FORV_POSTS_PER_MINUTE", "FORV_PREVIEWS_PER_MINUTE",
        "FORV_LISTS_PER_MINUTE", "FORV_STREAMS_PER_FAN",
    ],
    "1000000",
)  # fmt: skip
# `POST /api/texts` answers 500 for a voice that can't be loaded, as the Flask server did.
WITHOUT_BROKEN_VOICE = "from voices.models import Member; Member.objects.filter(slug='broken').delete()"
# A schema can't say which members exist, or which texts can be spoken.
UNKNOWABLE = "positive_data_acceptance"


def attack(folder: Path, examples: int) -> str:
    """Run schemathesis's command; raises ``AssertionError`` with its report if an answer is not as the schema says."""
    with World(folder, settings=LIMITS) as world:
        world.run(WITHOUT_BROKEN_VOICE)
        command = [
            str(Path(sys.executable).parent / "st"), "run", f"{world.service.address}/api/schema/",
            "-H", f"Authorization: Token {world.token}", "--max-examples", str(examples),
            "--phases", "examples,coverage,fuzzing,stateful", "--exclude-checks", UNKNOWABLE,
            "--request-timeout", "30", "--generation-database", "none", "--continue-on-failure", "--no-color",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        world.fan_is_served()
    cases = re.search(r"(\d+) generated", done.stdout)
    report = done.stdout[done.stdout.find("FAILURES") :] if "FAILURES" in done.stdout else done.stdout[-3000:]
    assert done.returncode == 0, report + done.stderr[-1000:]
    assert cases, report
    return f"{cases[1]} cases: no 5xx, every answer as the schema says"
