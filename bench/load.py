"""Measure up to two hundred clients at once with one worker: how long answers take, and whether a request is lost.

    python -m bench.load [--clients 20 200] [--rounds 3] [--max-queued 1000]

Runs the whole service as `make run` does, with a tiny voice on its own database. In each round all clients post at
the same time; a client that gets `429` posts again after `Retry-After`, as the page does. Prints the status codes and
times of all answers, how long it took until each client was accepted, and how the accepted requests ended. Exits with
1 if there was an error other than 429 or an accepted request did not succeed.
"""

import argparse
import asyncio
import collections
import json
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.report import spread
from testing.crowd import crowd
from testing.processes import Service
from testing.tiny_voice import write_tiny_voice

MEMBER = '[[member]]\nid = 1\nslug = "bench"\nname = "bench"\nmode = "pronounced"\n'
PATH = "/api/voice-requests/"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--max-queued", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.clients, arguments.rounds = [5], 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tiny_voice(folder / "voice_model", 1)
        (folder / "voice_model" / "voices.toml").write_text(MEMBER)
        service = Service(
            folder,
            FORV_VOICE_MODEL_DIR=str(folder / "voice_model"),
            FORV_MAX_QUEUED=str(arguments.max_queued),
            FORV_FANS_PER_ADDRESS="1000",  # all clients have this machine's
            FORV_SAME_AGAIN_DAYS="0",  # each request is to be spoken
        )
        try:
            service.wait_until_up()
            asyncio.run(crowd(service.port, PATH, [wish("warm-up", 0)]))
            ends = [load(service, n_clients, arguments.rounds) for n_clients in arguments.clients]
        finally:
            service.stop()
    sys.exit(0 if all(ends) else 1)


def load(service: Service, n_clients: int, n_rounds: int) -> bool:
    """Post, wait for all requests to end, and print. Return whether there was no error but 429 and no loss."""
    codes: collections.Counter[int] = collections.Counter()
    answered: list[float] = []
    first_answered: list[float] = []
    until_accepted: list[float] = []
    accepted: list[str] = []
    for number in range(n_rounds):
        fans = asyncio.run(crowd(service.port, PATH, [wish(f"fan-{fan}", number) for fan in range(n_clients)]))
        for answers, seconds in fans:
            codes.update(answer.status for answer in answers)
            answered += [answer.seconds for answer in answers]
            first_answered.append(answers[0].seconds)
            if answers[-1].status == 202:
                until_accepted.append(seconds)
                accepted.append(json.loads(answers[-1].body)["id"])
    print(f"{n_rounds} rounds of {n_clients} at once: {dict(codes)}")
    print(f"ms to an answer, the first ones:  {spread(first_answered, 1000)}")
    print(f"ms to an answer, all of them:     {spread(answered, 1000)}")
    print(f"seconds until a fan was accepted: {spread(until_accepted)}")
    with httpx.Client(base_url=service.address, timeout=60) as client:
        ends = collections.Counter(end(client, request) for request in accepted)
    print(f"what became of the {len(accepted)} accepted: {dict(ends)}")
    return set(codes) <= {202, 429} and ends == {"succeeded": len(accepted)}


def wish(fan: str, number: int) -> dict[str, object]:
    return {"member": 1, "text": f"안녕 {number}", "uuid": fan}


def end(client: httpx.Client, request: str) -> str:
    """Return the status that a request ends with, or the one that it still has after two minutes."""
    give_up_at = time.monotonic() + 120
    while True:
        status = str(client.get(f"{PATH}{request}/").json()["status"])
        if status not in ("queued", "processing") or time.monotonic() > give_up_at:
            return status
        time.sleep(0.2)


if __name__ == "__main__":
    main()
