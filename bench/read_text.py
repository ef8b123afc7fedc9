"""What reading a text costs: start-up, memory, a sentence, and 100 KB of anything.

    python -m bench.read_text [--quick]

CPU time throughout, so that other work on the machine does not count. Start-up and memory are those of a process
of its own that imports the reader and reads one sentence with numbers, English and Hangul.
"""

import argparse
import resource
import subprocess
import sys
import time

from bench.report import spread

SENTENCES = (
    "오늘 라이브 정말 재밌었어요, 다음에 또 만나요!",
    "팬미팅은 12월 25일 오후 3시 30분에 시작하고 티켓은 99,000원이에요.",
    "BTS 신곡을 들으면서 집에 가는 길이에요 ㅋㅋㅋ",
    "할 수 있는 일을 다 했으니까 값진 하루였다고 생각해.",
    "전화번호는 010-1234-5678이고 조회수는 1억 뷰를 넘었습니다.",
)
ROUNDS = 200
PIECES = ("가나다 ", "값이 없다. ", "1 ", "3번 ", "12:30 ", "a.", "BTS는 ", "ㅋ", "😀", "-")
TEXT_BYTES = 100_000

FIRST_READING = """
import resource, time
from voices.synth.text import read
read("game 3개의 값이 얼마예요?", "pronounced")
print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the cheapest settings: the figures mean nothing")
    quick = parser.parse_args().quick
    first = subprocess.run([sys.executable, "-c", FIRST_READING], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, first.stdout.split())
    print(f"first sentence, with start-up   {seconds:8.2f} s    {megabytes:.0f} MB at most")

    from voices.synth.text import Mode

    modes: tuple[Mode, ...] = ("spelled", "pronounced")
    for mode in modes:
        print(f"ms for a sentence, {mode:11}  {spread(read_sentences(mode, 2 if quick else ROUNDS), 1000)}")
    text_bytes = 1000 if quick else TEXT_BYTES
    for mode in modes:
        slowest, piece = max((read_repeated(piece, mode, text_bytes), piece) for piece in PIECES)
        print(f"100 KB, {mode:18}      {slowest:8.2f} s    at most, of {piece!r} again and again")
    print(
        f"memory in the end               {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB at most"
    )


def read_sentences(mode: str, rounds: int) -> list[float]:
    """CPU seconds of each reading of each sentence."""
    from voices.synth.text import read
    from voices.synth.text.pronounce.pipeline import pronounce

    read(SENTENCES[0], mode)  # type: ignore[arg-type]
    seconds = []
    for _ in range(rounds):
        pronounce.cache_clear()
        for sentence in SENTENCES:
            started = time.process_time()
            read(sentence, mode)  # type: ignore[arg-type]
            seconds.append(time.process_time() - started)
    return seconds


def read_repeated(piece: str, mode: str, text_bytes: int) -> float:
    """CPU seconds for so many bytes of one piece."""
    from voices.synth.text import read

    text = piece * (text_bytes // len(piece.encode()))
    started = time.process_time()
    read(text, mode)  # type: ignore[arg-type]
    return time.process_time() - started


if __name__ == "__main__":
    main()
