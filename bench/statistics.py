"""How long each statistic of the desk takes to compute, on a million tallies and for ranges of days.

    python -m bench.statistics [--tallies 1000000] [--repeat 5]

On a database of its own, with tallies of three years: of hours, and of the nouns of each day.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from bench.own_database import own_database
from bench.report import spread

DAYS = 3 * 365
LAST = date(2026, 11, 25)
HOURS = """
    INSERT INTO voices_tally (hour, member_id, kind, label, count, total)
    SELECT timestamptz '2026-11-25 23:00+09' - make_interval(hours => (i / 7) %% (%(days)s * 24)), %(member)s,
           (ARRAY['asked', 'succeeded', 'waited', 'spoken', 'heard', 'new', 'returning'])[1 + i %% 7], '',
           1 + i %% 40, i %% 90
    FROM generate_series(0, 7 * 24 * %(days)s - 1) i
"""
NOUNS = """
    INSERT INTO voices_tally (hour, member_id, kind, label, count, total)
    SELECT timestamptz '2026-11-25 00:00+09' - make_interval(days => i %% %(days)s), %(member)s, 'noun',
           'noun ' || i / %(days)s, 1 + i %% 40, 0
    FROM generate_series(1, %(tallies)s - 7 * 24 * %(days)s) i
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tallies", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each")
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    tallies, repeat = (200_000, 1) if arguments.quick else (arguments.tallies, arguments.repeat)
    with tempfile.TemporaryDirectory() as name:
        os.environ["LOG_LEVEL"] = "WARNING"
        own_database(Path(name))
        measure(tallies, repeat)


def measure(tallies: int, repeat: int) -> None:
    from django.db import connection

    from voices.desk import statistics
    from voices.models import Member, Tally

    member = Member.objects.get()
    with connection.cursor() as cursor:
        for generate in (HOURS, NOUNS):
            cursor.execute(generate, {"days": DAYS, "member": member.pk, "tallies": tallies})
        cursor.execute("VACUUM ANALYZE voices_tally")
    print(f"{Tally.objects.count():,} tallies of {DAYS} days; milliseconds for each statistic")
    shown: dict[str, Callable[..., object]] = {"figures": statistics.figures, **statistics.TABLES}
    for days in (28, 365, DAYS):
        chosen = statistics.tallies_of(LAST - timedelta(days=days - 1), LAST)
        print(f"the last {days} days")
        for name, compute in shown.items():
            took = []
            for _ in range(repeat):
                started = time.perf_counter()
                compute(chosen)
                took.append((time.perf_counter() - started) * 1000)
            print(f"{name:12} {spread(took)}", flush=True)


if __name__ == "__main__":
    main()
