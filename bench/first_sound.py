"""Measure how long a fan waits: for the first sound, for a short text, and for the same again.

    python -m bench.first_sound [--rounds 20]

Runs the whole service as `make run` does, with a demo voice, one worker and its own database, and asks one thing after
the other over HTTP. All times begin with the POST.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from bench.report import spread
from testing.processes import Service, wait_until

SHORT = "오늘도 와 줘서 정말 고마워요."
TEN_SENTENCES = (
    "안녕하세요, 여러분. 오늘도 와 줘서 정말 고마워요! 다들 잘 지냈어요? 저는 어제 새 노래를 연습했어요. "
    "조금 어렵지만 정말 재미있어요. 다음 주에는 공연도 있어요. 꼭 보러 와 주세요. 맛있는 것도 많이 드세요. "
    "그럼 우리 또 만나요. 사랑해요!"
)
LONG_SENTENCE = "여러분 덕분에 이렇게 큰 상을 받게 되어서 정말 감사하고 앞으로도 좋은 노래를 많이 들려드릴게요."
SETTINGS = {
    "FORV_POSTS_PER_MINUTE": "10000",
    "FORV_SAME_AGAIN_DAYS": "1",
    "FORV_STREAMS_PER_FAN": "1000",
    "FORV_WORKERS": "1",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else arguments.rounds
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder), **SETTINGS)
        try:
            service.wait_until_up()
            # A new service first speaks the greetings of its members.
            wait_until(lambda: all(member["sample"] for member in members(service) if member["has_voice"]), 120)
            with httpx.Client(base_url=service.address, timeout=60) as client:
                measure(Fan(client), rounds)
        finally:
            service.stop()


def members(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{service.address}/api/members/", timeout=60).json()
    return found


def measure(fan: "Fan", rounds: int) -> None:
    """Print the milliseconds of each kind, with a worker that has loaded the voice."""
    fan.complete(SHORT)
    print("milliseconds from the POST")
    streams = [fan.stream(TEN_SENTENCES) for _ in range(rounds)]
    print(f"ten sentences, first sound     {spread([first for first, _ in streams], 1000)}")
    print(f"ten sentences, last sound      {spread([last for _, last in streams], 1000)}", flush=True)
    firsts = [fan.stream(LONG_SENTENCE)[0] for _ in range(rounds)]
    print(f"a long sentence, first sound   {spread(firsts, 1000)}", flush=True)
    print(f"a short text, complete         {spread([fan.complete(SHORT) for _ in range(rounds)], 1000)}", flush=True)
    print(f"the same again, complete       {spread([fan.again(SHORT) for _ in range(rounds)], 1000)}")


class Fan:
    """Asks the first member; each text with a seed of its own, so that it is spoken."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._seeds: Iterator[int] = itertools.count(1)

    def stream(self, text: str) -> tuple[float, float]:
        """Return the seconds until the first and the last byte of sound."""
        started = time.perf_counter()
        made = self._post(text, next(self._seeds)).json()
        with self._client.stream("GET", f"{made['audio_stream']}?format=wav") as response:
            pieces = response.iter_raw()
            next(pieces)
            first = time.perf_counter() - started
            size = sum(map(len, pieces))
        assert response.status_code == 200 and size
        return first, time.perf_counter() - started

    def complete(self, text: str) -> float:
        """Return the seconds until the answer that leads to the finished audio."""
        started = time.perf_counter()
        response = self._post(text, next(self._seeds), Prefer="wait=60")
        assert response.status_code == 303, response.text
        return time.perf_counter() - started

    def again(self, text: str) -> float:
        """Return the seconds until the answer to what was asked for before."""
        seed = next(self._seeds)
        made = self._post(text, seed).json()
        address = f"/api/voice-requests/{made['id']}/"
        wait_until(lambda: self._client.get(address).json()["status"] == "succeeded", 60)
        started = time.perf_counter()
        assert self._post(text, seed).json()["status"] == "succeeded"
        return time.perf_counter() - started

    def _post(self, text: str, seed: int, **headers: str) -> httpx.Response:
        body = {"member": 1, "text": text, "seed": seed}
        return self._client.post("/api/voice-requests/", json=body, headers=headers)


if __name__ == "__main__":
    main()
