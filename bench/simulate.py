"""Compare the model of the queue with the service: how long requests wait, and how long until they are finished.

    python -m bench.simulate [--requests 120] [--workers 1] [--busy 0.6]

Runs the whole service with a demo voice on its own database. First some texts are spoken one after the other, to learn
how fast requests may come so that the workers are busy for that share of the time. Then fans come at random, with texts
of different lengths. The model (bench/queue_model.py) gets the times at which they came, the lengths, and how the
seconds of speaking depend on the length, and must find by itself how long they waited. Exits with 1 if its mean time
from asking to the end is off by more than 15 %.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np
import psycopg

from bench.load import MEMBER
from bench.queue_model import Asked, Cost, Spoken, arrivals, run
from testing.crowd import insist
from testing.processes import Service, wait_until
from testing.tiny_voice import write_tiny_voice

PATH = "/api/voice-requests/"
MOST_OFF = 0.15  # of the mean time from asking to the end
SIMULATIONS = 200  # with other random factors each
WORDS = (
    "오늘도 와 줘서 정말 고마워요", "다들 잘 지냈어요", "저는 어제 새 노래를 연습했어요", "조금 어렵지만 재미있어요",
)  # fmt: skip
SETTINGS = {
    "FORV_SAME_AGAIN_DAYS": "0",  # each request is to be spoken
    "FORV_FANS_PER_ADDRESS": "100000",  # all clients have this machine's
    "FORV_POSTS_PER_MINUTE": "100000",
    "FORV_TORCH_THREADS": "1",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=120)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--busy", type=float, default=0.6, help="share of the time in which workers are busy")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.requests = 8
    with tempfile.TemporaryDirectory() as folder:
        own = tiny_voice(Path(folder)) if arguments.quick else {}
        service = Service(Path(folder), FORV_WORKERS=str(arguments.workers), **SETTINGS, **own)
        try:
            service.wait_until_up()
            if not arguments.quick:  # the tiny voice greets nobody
                wait_until(lambda: has_greeted(service), 240)
            random = np.random.default_rng(arguments.seed)
            alone = fans_come(service, [Asked(0, length) for length in (5, 20, 40, 80, 160)], one_by_one=True)
            seconds = Cost.fitted(*zip(*[(one.characters, two.took) for one, two in alone], strict=True))
            mean = np.mean([seconds.of(one.characters) for one in arrivals(1, 1000, random)])
            coming = arrivals(arguments.busy * arguments.workers / float(mean), arguments.requests, random)
            measured = fans_come(service, coming)
        finally:
            service.stop()
    off = compare(measured, arguments.workers)
    sys.exit(0 if off <= MOST_OFF or arguments.quick else 1)


def tiny_voice(folder: Path) -> dict[str, str]:
    """Write a voice that speaks at once, and return the setting that names it."""
    write_tiny_voice(folder / "voice_model", 1)
    (folder / "voice_model" / "voices.toml").write_text(MEMBER)
    return {"FORV_VOICE_MODEL_DIR": str(folder / "voice_model")}


def has_greeted(service: Service) -> bool:
    """Return whether the members' greetings are spoken, which a new service does by itself."""
    members = httpx.get(f"{service.address}/api/members/", timeout=60).json()
    return all(member["sample"] for member in members if member["has_voice"])


def fans_come(service: Service, coming: Sequence[Asked], one_by_one: bool = False) -> list[tuple[Asked, Spoken]]:
    """Ask for what is to come, and return, in the order of the queue, when it came and what became of it."""
    first = known(service)
    if one_by_one:
        for number, one in enumerate(coming):
            asyncio.run(insist(service.port, PATH, wish(number, one.characters)))
            wait_until(lambda: is_idle(service), 120)
    else:
        asyncio.run(_come(service, coming))
        wait_until(lambda: is_idle(service), 600)
    with psycopg.connect(database(service)) as connection:
        rows = connection.execute(
            "SELECT extract(epoch FROM queued_at), length(text), extract(epoch FROM started_at - queued_at),"
            " extract(epoch FROM finished_at - started_at) FROM voices_voicerequest"
            " WHERE purpose = 'fan' AND status = 'succeeded' AND attempt = 1 ORDER BY turn OFFSET %s",
            [first],
        ).fetchall()
    assert len(rows) == len(coming), f"{len(rows)} of {len(coming)} succeeded at the first attempt"
    return [
        (Asked(float(at), int(characters)), Spoken(float(waited), float(took))) for at, characters, waited, took in rows
    ]


async def _come(service: Service, coming: Sequence[Asked]) -> None:
    begun = time.monotonic()

    async def one(number: int, asked: Asked) -> None:
        await asyncio.sleep(begun + asked.at - time.monotonic())
        await insist(service.port, PATH, wish(number, asked.characters))

    await asyncio.gather(*(one(number, asked) for number, asked in enumerate(coming)))


def wish(number: int, characters: int) -> dict[str, object]:
    """Return a request with a text of about so many characters."""
    words, index = f"{number}번", number
    while len(words) < characters:
        words += f". {WORDS[index % len(WORDS)]}"
        index += 1
    return {"member": 1, "text": f"{words[: max(characters, 4)]}.", "uuid": f"fan-{number}"}


def database(service: Service) -> str:
    return f"host={service.data_dir / 'postgres'} user=postgres dbname=forv"


def known(service: Service) -> int:
    """Return how many requests of fans there are."""
    return _count(service, "purpose = 'fan'")


def is_idle(service: Service) -> bool:
    return not _count(service, "finished_at IS NULL")


def _count(service: Service, which: str) -> int:
    with psycopg.connect(database(service)) as connection:
        found = connection.execute(f"SELECT count(*) FROM voices_voicerequest WHERE {which}").fetchone()
    assert found
    return int(found[0])


def compare(measured: Sequence[tuple[Asked, Spoken]], workers: int) -> float:
    """Print measured and simulated times. Return by which part the mean time from asking to the end is off."""
    asked, spoken = zip(*measured, strict=True)
    seconds = Cost.fitted([one.characters for one in asked], [one.took for one in spoken])
    idle_wait = float(np.percentile([one.waited for one in spoken], 5))
    random = np.random.default_rng(0)
    simulated = [one for _ in range(SIMULATIONS) for one in run(asked, workers, seconds.drawn(random), idle_wait)]
    duration = asked[-1].at - asked[0].at
    print(
        f"{len(asked)} requests in {duration:.0f} s, {workers} workers,"
        f" busy for {sum(one.took for one in spoken) / duration / workers:.0%} of the time"
    )
    print(f"speaking takes {seconds.seconds:.3f} s and {seconds.seconds_per_character * 1000:.2f} ms a character")
    offs = []
    for name, of in (("waiting", "waited"), ("from asking to the end", "total")):
        real, found = ([getattr(one, of) for one in many] for many in (spoken, simulated))
        offs.append(float(np.mean(found)) / float(np.mean(real)) - 1)
        print(f"{name}: measured {told(real)}; simulated {told(found)}; the mean is off by {offs[-1]:+.1%}")
    return abs(offs[-1])


def told(seconds: Sequence[float]) -> str:
    return f"mean {np.mean(seconds):.3f} s, p95 {np.percentile(seconds, 95):.3f} s"


if __name__ == "__main__":
    main()
