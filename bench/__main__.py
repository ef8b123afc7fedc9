"""Measure everything, one module after the other, and print one report.

    make bench                       # or: python -m bench
    python -m bench read_text load   # some of them
    python -m bench.load --help      # one alone, with its own options

Each module runs in a process of its own. `--quick` gives each its cheapest settings: it shows that they run, and its
figures mean nothing.
"""

import argparse
import importlib.util
import signal
import subprocess
import sys
import time
from pathlib import Path

from bench.report import load, machine

# In this order; each takes `--quick`.
MODULES = (
    "engine", "start", "read_text", "quality_gate", "fingerprint", "growth", "queue_latency", "first_sound", "load",
    "database", "statistics", "text_filter",
)  # fmt: skip
LONGEST_SECONDS = 300  # of one module; all of them take less than ten minutes on a quiet machine of two cores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="module", help=f"of {', '.join(MODULES)}")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings of each")
    arguments = parser.parse_args()
    if unknown := set(arguments.modules) - set(MODULES):
        parser.error(f"no such module: {', '.join(sorted(unknown))}")
    modules = arguments.modules or MODULES
    print(machine(), flush=True)
    started = time.monotonic()
    failed = [name for name in modules if not run(name, ["--quick"] if arguments.quick else [])]
    print(f"\nall of it: {(time.monotonic() - started) / 60:.1f} minutes; {load()}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def run(name: str, options: list[str]) -> bool:
    """Run one module and let it print. Return whether it ended well."""
    print(f"\n## {name}: {_purpose(name)}", flush=True)
    started = time.monotonic()
    with subprocess.Popen([sys.executable, "-m", f"bench.{name}", *options]) as module:
        try:
            status = module.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            module.send_signal(signal.SIGINT)  # as Ctrl-C: it stops what it has started
            status = module.wait()
    print(f"({time.monotonic() - started:.0f} s)", flush=True)
    return status == 0


def _purpose(name: str) -> str:
    """Return the first line of the module's docstring, without importing it: that may take seconds."""
    found = importlib.util.find_spec(f"bench.{name}")
    assert found and found.origin
    return Path(found.origin).read_text(encoding="utf-8").partition("\n")[0].strip('"').rstrip(".")


if __name__ == "__main__":
    main()
