"""Run all attacks against real processes, and print a table.

python -m attack [--hostile DIR] [--examples N]: DIR holds hostile checkpoints, configs and cards; N is the number of
cases that schemathesis makes for each address and kind. Exit status 1 if anything did not hold.
"""

import argparse
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from attack import clients, connections, files, messages, schema, webhooks
from attack.world import Skipped, World

ATTACKS = (
    *connections.ATTACKS,
    *messages.ATTACKS,
    *clients.ATTACKS,
    *files.ATTACKS,
    *webhooks.ATTACKS,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="attack", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hostile", type=Path, help="folder of hostile files")
    parser.add_argument("--examples", type=int, default=450, help="schemathesis's, for each address; 0: none")
    options = parser.parse_args()
    # Each connection takes a descriptor here, too.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))

    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        with World(Path(folder) / "attacked", hostile=options.hostile) as world:
            for tried, attack in ATTACKS:
                failed += not _try(tried, lambda attack=attack: attack(world))  # type: ignore[misc]
            failed += not _try("after all this: fans are served, no process died, nothing is logged", world.is_whole)
        if options.examples:
            told = f"the whole schema, stateful, {options.examples} examples for each address and kind"
            failed += not _try(told, lambda: schema.attack(Path(folder) / "schema", options.examples))
    print(f"\n{failed} did not hold." if failed else "\nAll held.")
    return 1 if failed else 0


def _try(tried: str, attack: "connections.Attempt") -> bool:
    """Run an attack and print a line about it; return False if it did not hold."""
    started = time.monotonic()
    try:
        seen, verdict = attack(), "held"
    except Skipped as reason:
        seen, verdict = str(reason), "skipped"
    except Exception as error:  # an attack may fail in any way
        seen, verdict = f"{type(error).__name__}: {error}", "FAILED"
        traceback.print_exc()
    print(f"| {verdict:<7} | {tried} | {seen.splitlines()[0][:200]} | {time.monotonic() - started:.0f} s |", flush=True)
    return verdict != "FAILED"


if __name__ == "__main__":
    sys.exit(main())
