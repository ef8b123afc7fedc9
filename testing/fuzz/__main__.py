"""The command; see the package."""

import argparse
import sys
import time

from testing.fuzz.run import SPEAKS, Report, run


def main() -> None:
    parser = argparse.ArgumentParser(description="Damage a voice's files in thousands of ways.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same cases")
    arguments = parser.parse_args()
    started = shown = time.monotonic()
    report, told = Report(), 0
    for report in run(arguments.cases, arguments.seed):
        for fault in report.faults[told:]:
            print(f"FAULT {fault}", flush=True)
        told = len(report.faults)
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            done = sum(sum(counts.values()) for counts in report.counts.values())
            print(f"{done} of {arguments.cases} cases, {len(report.faults)} faults", flush=True)
    for part, counts in sorted(report.counts.items()):
        print(f"{part}: {sum(counts.values())} changed, {counts[SPEAKS]} of them speak; refused by code:")
        for code, count in sorted(counts.items(), key=lambda item: -item[1]):
            if code != SPEAKS:
                print(f"  {count:6} {code}")
    print(
        f"{arguments.cases} cases of seed {arguments.seed} in {time.monotonic() - started:.0f} s. "
        "The reader took at most "
        f"{report.seconds:.2f} s and {report.megabytes:.0f} MB. {report.through_child} also went through the child. "
        f"{len(report.faults)} faults."
    )
    sys.exit(bool(report.faults))


if __name__ == "__main__":
    main()
