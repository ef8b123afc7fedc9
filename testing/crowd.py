"""Many clients that POST at one moment and send again after a 429, as the page does.

Written over sockets: for two hundred calls an HTTP library takes more CPU time than the service does.
"""

import asyncio
import json
import random
import time
from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    seconds: float  # until it was there
    retry_after: float | None  # seconds
    body: str


async def post(port: int, path: str, content: dict[str, object]) -> Answer:
    """Send one POST on a connection of its own."""
    body = json.dumps(content).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body)
    answer = await reader.read()
    seconds = time.perf_counter() - begun
    writer.close()
    status_line, _, rest = answer.decode().partition("\r\n")
    headers, _, said = rest.partition("\r\n\r\n")
    named = dict(line.lower().split(": ", 1) for line in headers.split("\r\n"))
    retry_after = float(named["retry-after"]) if "retry-after" in named else None
    return Answer(int(status_line.split()[1]), seconds, retry_after, said)


async def insist(port: int, path: str, content: dict[str, object], give_up_after: float = 60.0) -> list[Answer]:
    """Send a POST until the answer is not 429, or for ``give_up_after`` seconds. Return all answers, in order."""
    answers = [await post(port, path, content)]
    give_up_at = time.monotonic() + give_up_after
    while answers[-1].status == 429 and answers[-1].retry_after is not None and time.monotonic() < give_up_at:
        await asyncio.sleep(answers[-1].retry_after + random.random())
        answers.append(await post(port, path, content))
    return answers


async def crowd(port: int, path: str, contents: list[dict[str, object]]) -> list[tuple[list[Answer], float]]:
    """Let all clients start at one moment. Return the answers of each, and the seconds until its last one."""

    async def one(content: dict[str, object]) -> tuple[list[Answer], float]:
        begun = time.perf_counter()
        return await insist(port, path, content), time.perf_counter() - begun

    return await asyncio.gather(*(one(content) for content in contents))
