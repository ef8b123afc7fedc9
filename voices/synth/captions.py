"""Captions: when each sentence and word was spoken, as JSON, and as subtitles in SRT and WebVTT."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voices.synth.speech import SpokenSentence

LINE_CHARACTERS = 20  # of a subtitle; Hangul is read at some twelve characters a second
MIN_CUE_SECONDS = 1.0  # a subtitle stays that long, unless the next one comes
_AT_NO_MARK = 400  # cost of a line that ends where nothing is marked, beside the squared number of free characters

# Seconds from the start of the audio, and positions in the original text: `text[from:to]`.
_Span = TypedDict("_Span", {"start": float, "end": float, "from": int, "to": int})


class WordCaption(_Span):
    text: str  # as typed


class SentenceCaption(_Span):
    words: list[WordCaption]


@dataclass(frozen=True)
class Cue:
    """One subtitle."""

    start_seconds: float
    end_seconds: float
    text: str  # as typed; has line ends only where a single word is too long for a line


def caption_of(sentence: SpokenSentence) -> SentenceCaption:
    """Return the caption of a sentence, as rows of requests and the API hold it; times in milliseconds' precision."""
    return {
        "start": round(sentence.start_seconds, 3),
        "end": round(sentence.end_seconds, 3),
        "from": sentence.start,
        "to": sentence.end,
        "words": [
            {
                "text": word.text,
                "start": round(word.start_seconds, 3),
                "end": round(word.end_seconds, 3),
                "from": word.start,
                "to": word.end,
            }
            for word in sentence.words
        ],
    }


def cues_of(sentences: Iterable[SentenceCaption]) -> list[Cue]:
    """Return subtitles of one line each, at most LINE_CHARACTERS long; a sentence begins a new one."""
    lines = [line for sentence in sentences for line in _lines(sentence["words"])]
    cues = []
    for number, line in enumerate(lines, 1):
        start = line[0]["start"]
        end = start + MIN_CUE_SECONDS
        if number < len(lines):
            end = min(end, lines[number][0]["start"])
        end = max(end, line[-1]["end"])
        cues.append(Cue(start, end, _wrapped(_text(line))))
    return cues


def as_srt(cues: Iterable[Cue]) -> str:
    """Return the cues as SubRip. It knows no escapes: what could be a tag or an arrow becomes full-width."""
    full_width = str.maketrans("<>{}", "＜＞｛｝")
    return "\n".join(
        f"{number}\n{_srt_time(cue.start_seconds)} --> {_srt_time(cue.end_seconds)}\n{cue.text.translate(full_width)}\n"
        for number, cue in enumerate(cues, 1)
    )


def as_vtt(cues: Iterable[Cue]) -> str:
    """Return the cues as WebVTT."""
    escapes = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    return "WEBVTT\n" + "".join(
        f"\n{_vtt_time(cue.start_seconds)} --> {_vtt_time(cue.end_seconds)}\n{cue.text.translate(escapes)}\n"
        for cue in cues
    )


def _lines(words: Sequence[WordCaption]) -> list[Sequence[WordCaption]]:
    """Break a sentence into lines: as full as can be, and rather after a mark than after any other word."""
    # For each number of words: the least cost of their lines, and where the last of these begins.
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(words) + 1):
        at_no_mark = _AT_NO_MARK if end < len(words) and words[end - 1]["text"][-1:] not in ",.!?…~" else 0
        costs = [(best[end - 1][0] + at_no_mark, end - 1)]  # a word that is too long has a line of its own
        for start in range(end - 1, -1, -1):
            free = LINE_CHARACTERS - len(_text(words[start:end]))
            if free < 0:
                break
            cost = best[start][0] + at_no_mark + free**2
            costs = [(cost, start)] if start == end - 1 else [*costs, (cost, start)]
        best.append(min(costs))
    lines: list[Sequence[WordCaption]] = []
    end = len(words)
    while end:
        start = best[end][1]
        lines.insert(0, words[start:end])
        end = start
    return lines


def _text(words: Sequence[WordCaption]) -> str:
    return " ".join(word["text"] for word in words)


def _wrapped(text: str) -> str:
    return "\n".join(re.findall(f".{{1,{LINE_CHARACTERS}}}", text))


def _srt_time(seconds: float) -> str:
    return _vtt_time(seconds).replace(".", ",")


def _vtt_time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return (
        f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}"
        f":{milliseconds // 1000 % 60:02}.{milliseconds % 1000:03}"
    )
