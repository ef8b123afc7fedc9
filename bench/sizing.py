"""Size the service, from ten requests a day to ten million: what to run, what it costs, and where it breaks first.

    make bench > report.txt && python -m bench.sizing report.txt
    python -m bench.sizing                # by what is measured in bench/quiet.txt

Reads the report of `make bench`, and prints what docs/scaling.md has of it. What is not measured is an assumption: a
number below, with its unit.
"""

import argparse
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.queue_model import MEDIAN_CHARACTERS, Cost, arrivals, run

REPORT = Path(__file__).parent / "quiet.txt"
A_DAY = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
SIMULATED_REQUESTS = 4000

# How fans behave.
PEAK = 8.0  # the busiest minute of a day, by the mean: evenings, and moments after a concert
SAME_AGAIN = 0.1  # share of the requests that get audio that is there
LISTENED = 1.5  # times that each audio is fetched
# How full it may get in the busiest minute.
BUSY_WORKERS, BUSY_CORES = 0.6, 0.5
LEAST_WORKERS = 1
KEPT_DAYS = 30.0  # of audio and rows
# Sizes.
AUDIO_BYTES_A_SECOND = 12_000  # MP3, mono
SAMPLE_BYTES_A_SECOND = 44_100  # of a sentence in the database, until ten minutes after the end
SENTENCE_SECONDS, SENTENCES_KEPT_SECONDS = 2.9, 600
ROW_BYTES = 6_000  # of a request with its captions and indexes
NOTIFIES = 3  # a request, besides one for each sentence
WORKERS_A_HOST, WEB_PROCESSES_A_HOST = 8, 4
GIBIBYTES_BESIDES = 1.0  # of each host: the system, web processes
# What one Postgres server can do.
MOST_DATABASE_CORES = 64
MOST_WRITTEN_A_SECOND = 200e6  # bytes of its log, on a fast network disk
MOST_CONNECTIONS = 1000
# Connections that it may have: of a web process (its pool, and the one that LISTENs), a worker, a cluster besides.
CONNECTIONS_OF_WEB, CONNECTIONS_OF_WORKER, CONNECTIONS_OF_CLUSTER = 21, 2, 8
# Prices in US dollars: list prices of a large cloud in Seoul, rounded; look up your own.
PRICE_CORE_HOUR, PRICE_GIBIBYTE_HOUR = 0.035, 0.0047
PRICE_DATABASE_HOUR, PRICE_DISK_GB_MONTH = 0.09, 0.22  # a core with 4 GB of memory
PRICE_OBJECT_GB_MONTH, PRICE_GB_SENT, PRICE_MILLION_WRITES = 0.023, 0.12, 5.0
ONE_HOST_MONTH = 30.0  # a virtual machine with two shared cores and 4 GB, Postgres and everything else on it
MOST_CORES_OF_ONE_HOST = 3  # of workers, web processes and Postgres, each counted as one
HOURS, DAYS = 730.0, 30.4  # of a month


@dataclass(frozen=True)
class Measured:
    """What the report says of one machine."""

    cost: Cost  # of a worker, on one core
    real_time_factor: float
    worker_megabytes: float
    posts_a_second: float  # of one web process, with what is sent again
    post_seconds: float  # of a core of Postgres
    finish_seconds: float  # the same, from the queue to the end
    notifies_a_second: float  # that one connection sends: Postgres writes them one after the other
    notify_seconds: float  # of a core of Postgres, for each connection that LISTENs

    @property
    def audio_seconds(self) -> float:
        """Mean length of the audio of a request."""
        lengths = [one.characters for one in arrivals(1.0, SIMULATED_REQUESTS, np.random.default_rng(1))]
        return float(np.mean([self.cost.of(length) for length in lengths])) / self.real_time_factor

    @property
    def speaking_seconds(self) -> float:
        """Mean time of a worker for a request that is spoken."""
        return self.audio_seconds * self.real_time_factor


@dataclass(frozen=True)
class Size:
    """What to run for so many requests a day."""

    a_day: int
    peak: float  # requests a second in the busiest minute
    workers: int  # each on a core
    web_processes: int
    hosts: int
    database_cores: int
    database_gigabytes: float
    audio_gigabytes: float
    dollars: float
    waiting_p95: float  # seconds
    shares: dict[str, float]  # of what one Postgres server can do

    @property
    def breaks_first(self) -> str:
        """What is used most of what can't be had twice, and how far."""
        name, share = max(self.shares.items(), key=lambda one: one[1])
        return f"{name}: {100 * share:.0f} %" if share >= 0.01 else f"{name}: below 1 %"


def read(report: str) -> Measured:
    """Read the report of `make bench`. Raises `ValueError` that names what is missing."""
    sections = dict(re.findall(r"^## (\w+): .*\n((?:(?!## ).*\n?)*)", report, re.M))

    def found(section: str, pattern: str) -> list[tuple[str, ...]]:
        rows = re.findall(pattern, sections.get(section, ""), re.M)
        if not rows:
            raise ValueError(f"the report has no {section} with {pattern}")
        return [row if isinstance(row, tuple) else (row,) for row in rows]

    growth = found("growth", r"^ +(\d+)   median ([\d.]+), .*?; median ([\d.]+), .* MB$")
    lengths = [row for row in growth if int(row[0]) >= 10]  # the others are counts of voices
    cost = Cost.fitted([int(row[0]) for row in lengths], [float(row[1]) for row in lengths])
    clients, most = found(
        "load", r"rounds of (\d+) at once(?:.*\n)+?seconds until a fan was accepted: .*most ([\d.]+)"
    )[-1]
    of_post, *_ = found("database", r"^ +0   ms to write one.*took ([\d.]+) ms")
    through, *_ = found("database", r"whole cluster.*\n +1 .*took ([\d.]+) ms")
    one_listens, *_, many_listen = found(
        "database", r"^ +(\d+)   ms until all have heard.*sent (\d+) a second.*took ([\d.]+) ms"
    )
    return Measured(
        cost=Cost(cost.seconds, cost.seconds_per_character),
        real_time_factor=float(next(row[2] for row in lengths if row[0] == "30")),
        worker_megabytes=float(
            found("start", r"^OpenVINO:\n(?:.*\n)*?.*memory with one voice, MB +median ([\d.]+)")[0][0]
        ),
        posts_a_second=int(clients) / float(most),
        post_seconds=float(of_post[0]) / 1000,
        finish_seconds=float(through[0]) / 1000,
        notifies_a_second=float(one_listens[1]),
        notify_seconds=float(many_listen[2]) / int(many_listen[0]) / 1000,
    )


def size(a_day: int, measured: Measured) -> Size:
    """Compute what so many requests a day need."""
    peak = a_day / 86_400 * PEAK
    spoken = peak * (1 - SAME_AGAIN)
    workers = max(LEAST_WORKERS, math.ceil(spoken * measured.speaking_seconds / BUSY_WORKERS))
    web_processes = math.ceil(peak / (measured.posts_a_second * BUSY_CORES)) or 1
    hosts = math.ceil(max(workers / WORKERS_A_HOST, web_processes / WEB_PROCESSES_A_HOST))
    listeners = web_processes + hosts
    sentences = measured.audio_seconds / SENTENCE_SECONDS
    notifies = spoken * (NOTIFIES + sentences)
    database_seconds = peak * measured.post_seconds + spoken * measured.finish_seconds
    database_seconds += notifies * listeners * measured.notify_seconds
    database_cores = math.ceil(database_seconds / BUSY_CORES)
    audio = a_day * (1 - SAME_AGAIN) * measured.audio_seconds  # seconds a day
    rows = a_day * KEPT_DAYS * ROW_BYTES
    sentences_kept = spoken * measured.audio_seconds * SAMPLE_BYTES_A_SECOND * SENTENCES_KEPT_SECONDS
    written = spoken * measured.audio_seconds * SAMPLE_BYTES_A_SECOND + peak * ROW_BYTES
    connections = web_processes * CONNECTIONS_OF_WEB + workers * CONNECTIONS_OF_WORKER + hosts * CONNECTIONS_OF_CLUSTER
    shares = {
        "its connections": connections / MOST_CONNECTIONS,
        "what it writes to its log": written / MOST_WRITTEN_A_SECOND,
        "its cores": database_seconds / BUSY_CORES / MOST_DATABASE_CORES,
        "its NOTIFYs, which it writes one after the other": notifies / measured.notifies_a_second,
    }
    sized = Size(
        a_day, peak, workers, web_processes, hosts, database_cores, (rows + sentences_kept) / 1e9,
        audio * KEPT_DAYS * AUDIO_BYTES_A_SECOND / 1e9, 0.0, _waiting_p95(spoken, workers, measured), shares,
    )  # fmt: skip
    return Size(**{**vars(sized), "dollars": dollars(sized, audio, measured)})


def dollars(sized: Size, audio_a_day: float, measured: Measured) -> float:
    """Return the price of a month."""
    bytes_a_month = audio_a_day * DAYS * AUDIO_BYTES_A_SECOND
    objects = sized.audio_gigabytes * PRICE_OBJECT_GB_MONTH + bytes_a_month * LISTENED / 1e9 * PRICE_GB_SENT
    objects += sized.a_day * (1 - SAME_AGAIN) * DAYS / 1e6 * PRICE_MILLION_WRITES
    if sized.workers + sized.web_processes + sized.database_cores <= MOST_CORES_OF_ONE_HOST:
        return ONE_HOST_MONTH + objects
    memory = sized.workers * measured.worker_megabytes / 1000 + sized.hosts * GIBIBYTES_BESIDES
    cores = sized.workers + sized.web_processes
    hosts = cores * PRICE_CORE_HOUR * HOURS + memory * PRICE_GIBIBYTE_HOUR * HOURS
    database = sized.database_cores * PRICE_DATABASE_HOUR * HOURS
    database += max(10.0, sized.database_gigabytes * 2) * PRICE_DISK_GB_MONTH
    return hosts + database + objects


def _waiting_p95(a_second: float, workers: int, measured: Measured) -> float:
    random = np.random.default_rng(workers)
    spoken = run(arrivals(a_second, SIMULATED_REQUESTS, random), workers, measured.cost.of, 0.01)
    return float(np.percentile([one.waited for one in spoken], 95))


def assumptions() -> list[tuple[str, str]]:
    """Return what is assumed, in words, and how much."""
    return [
        ("requests in the busiest minute of a day, by those of a mean one", f"{PEAK:.0f}"),
        ("workers are busy in it", _percent(BUSY_WORKERS)),
        ("other cores are busy in it", _percent(BUSY_CORES)),
        ("requests that get audio that is there", _percent(SAME_AGAIN)),
        ("characters of a text, median", f"{MEDIAN_CHARACTERS:.0f}"),
        ("times that an audio is fetched", f"{LISTENED}"),
        ("audio and rows are kept for", f"{KEPT_DAYS:.0f} days"),
        ("a second of MP3", f"{AUDIO_BYTES_A_SECOND / 1000:.0f} KB"),
        ("a second of samples in the database, for ten minutes", f"{SAMPLE_BYTES_A_SECOND / 1000:.0f} KB"),
        ("a request in the database", f"{ROW_BYTES / 1000:.0f} KB"),
        ("Postgres has at most", f"{MOST_DATABASE_CORES} cores, {MOST_CONNECTIONS} connections"),
        ("and writes at most, to its log", f"{MOST_WRITTEN_A_SECOND / 1e6:.0f} MB a second"),
        ("a core, an hour", f"${PRICE_CORE_HOUR}"),
        ("a GB of memory, an hour", f"${PRICE_GIBIBYTE_HOUR}"),
        ("a core of Postgres with 4 GB, an hour", f"${PRICE_DATABASE_HOUR}"),
        ("a GB of its disk, a month", f"${PRICE_DISK_GB_MONTH}"),
        ("a GB in the bucket, a month", f"${PRICE_OBJECT_GB_MONTH}"),
        ("a GB that is sent", f"${PRICE_GB_SENT}"),
        ("a million objects written", f"${PRICE_MILLION_WRITES:.0f}"),
        ("a virtual machine with everything on it, a month", f"${ONE_HOST_MONTH:.0f}"),
    ]


def tables(measured: Measured) -> Iterator[str]:
    """Yield the lines of docs/scaling.md that are computed."""
    speaking, of_database = measured.speaking_seconds, measured.post_seconds + measured.finish_seconds
    yield f"A request is {measured.audio_seconds:.1f} s of speech on average, which takes a worker {speaking:.2f} s"
    yield f"of a core: {1 / speaking:.1f} requests a second. It takes Postgres {1000 * of_database:.1f} ms of a core."
    yield f"A web process answers {measured.posts_a_second:.0f} posts a second."
    yield ""
    yield "| assumed | |"
    yield "| --- | ---: |"
    yield from (f"| {what} | {value} |" for what, value in assumptions())
    yield ""
    columns = ["requests a day", "at the peak, a second", "workers", "web processes", "hosts", "cores of Postgres"]
    columns += ["disk of Postgres", "audio kept", "US$ a month"]
    yield f"| {' | '.join(columns)} |"
    yield f"|{' ---: |' * len(columns)}"
    sizes = [size(a_day, measured) for a_day in A_DAY]
    for one in sizes:
        cells = [f"{one.a_day:,}", f"{one.peak:.2g}" if one.peak < 100 else f"{one.peak:.0f}"]
        cells += [str(one.workers), str(one.web_processes), str(one.hosts), str(one.database_cores)]
        cells += [_bytes(one.database_gigabytes), _bytes(one.audio_gigabytes), f"{_round(one.dollars):,}"]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "| requests a day | at the peak, 95 of 100 wait at most | what is scarcest of one Postgres server |"
    yield "| ---: | ---: | --- |"
    for one in sizes:
        yield f"| {one.a_day:,} | {one.waiting_p95:.2f} s | {one.breaks_first} |"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _bytes(gigabytes: float) -> str:
    if gigabytes >= 1000:
        return f"{gigabytes / 1000:.1f} TB"
    return f"{gigabytes:.0f} GB" if gigabytes >= 10 else f"{gigabytes * 1000:.0f} MB"


def _round(dollars: float) -> int:
    """Round to two digits: more would promise too much."""
    unit: int = 10 ** max(0, math.floor(math.log10(dollars)) - 1)
    return round(dollars / unit) * unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", nargs="?", type=Path, default=REPORT, help="what `make bench` printed")
    arguments = parser.parse_args()
    print("\n".join(tables(read(arguments.report.read_text(encoding="utf-8")))))


if __name__ == "__main__":
    main()
