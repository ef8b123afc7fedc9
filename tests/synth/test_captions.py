"""Subtitles of what was spoken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from voices.synth import synthesize
from voices.synth.captions import (
    LINE_CHARACTERS,
    Cue,
    SentenceCaption,
    WordCaption,
    as_srt,
    as_vtt,
    caption_of,
    cues_of,
)

if TYPE_CHECKING:
    from voices.synth.voice import Voice


def spoken(*sentences: str) -> list[SentenceCaption]:
    """Return captions of sentences whose words take half a second each, without pauses."""
    captions: list[SentenceCaption] = []
    seconds, position = 0.0, 0
    for sentence in sentences:
        words: list[WordCaption] = []
        for text in sentence.split():
            words.append(
                {
                    "text": text,
                    "start": seconds,
                    "end": seconds + 0.5,
                    "from": position,
                    "to": position + len(text),
                }
            )
            seconds, position = seconds + 0.5, position + len(text) + 1
        first, last = words[0], words[-1]
        captions.append(
            {"start": first["start"], "end": last["end"], "from": first["from"], "to": last["to"], "words": words}
        )
    return captions


@pytest.mark.parametrize(
    ("sentence", "lines"),
    [
        ("안녕하세요.", ["안녕하세요."]),
        (
            "오늘은 날씨가 참 좋네요, 우리 같이 산책하러 갈까요?",
            ["오늘은 날씨가 참 좋네요,", "우리 같이 산책하러 갈까요?"],
        ),
        (
            "어제 친구와 함께 본 영화가 생각보다 훨씬 재미있어서 한참을 이야기했다.",
            ["어제 친구와 함께 본 영화가 생각보다", "훨씬 재미있어서 한참을 이야기했다."],
        ),
        ("네, 알겠습니다.", ["네, 알겠습니다."]),
    ],
)
def test_a_sentence_is_broken_between_words_and_rather_after_a_comma(sentence: str, lines: list[str]) -> None:
    assert [cue.text for cue in cues_of(spoken(sentence))] == lines
    assert all(len(line) <= LINE_CHARACTERS for line in lines)


def test_a_subtitle_holds_no_two_sentences() -> None:
    assert [cue.text for cue in cues_of(spoken("네.", "좋아요."))] == ["네.", "좋아요."]


def test_a_word_that_is_too_long_for_a_line_has_a_subtitle_of_its_own() -> None:
    address = "https://example.com/a/very/long/path"
    cues = cues_of(spoken(f"여기 {address} 보세요."))
    assert [cue.text.replace("\n", "") for cue in cues] == ["여기", address, "보세요."]
    assert all(len(line) <= LINE_CHARACTERS for cue in cues for line in cue.text.split("\n"))


def test_a_subtitle_stays_a_second_unless_the_next_one_comes() -> None:
    first, second, last = cues_of(spoken("네.", "좋아요 그래요 맞아요.", "네."))
    assert (first.start_seconds, first.end_seconds) == (0.0, 0.5)
    assert (second.start_seconds, second.end_seconds) == (0.5, 2.0)
    assert (last.start_seconds, last.end_seconds) == (2.0, 3.0)


HOSTILE = Cue(3661.0625, 3662, "<script>&amp;{\\an8} --> 끝")


def test_webvtt_escapes_what_would_be_a_tag_or_an_arrow() -> None:
    assert as_vtt([Cue(0, 1.5, "안녕."), HOSTILE]) == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:01.500\n안녕.\n"
        "\n01:01:01.062 --> 01:01:02.000\n&lt;script&gt;&amp;amp;{\\an8} --&gt; 끝\n"
    )


def test_subrip_has_no_tag_and_no_arrow_in_its_text() -> None:
    assert as_srt([Cue(0, 1.5, "안녕."), HOSTILE]) == (
        "1\n00:00:00,000 --> 00:00:01,500\n안녕.\n"
        "\n2\n01:01:01,062 --> 01:01:02,000\n＜script＞&amp;｛\\an8｝ --＞ 끝\n"
    )


def test_what_was_spoken_before_there_were_captions_has_no_subtitles() -> None:
    assert (as_vtt(cues_of([])), as_srt(cues_of([]))) == ("WEBVTT\n", "")


def test_speech_has_a_caption_for_each_word_that_was_typed(tiny_voice: Voice) -> None:
    text = "사과 3개를\n샀어요! <b>정말</b>이에요."
    speech = synthesize(tiny_voice, text)
    captions = [caption_of(sentence) for sentence in speech.sentences]
    words = [word for caption in captions for word in caption["words"]]
    assert [word["text"] for word in words] == ["사과", "3개를", "샀어요!", "<b>정말</b>이에요."]
    for part in [*captions, *words]:
        assert 0 <= part["start"] < part["end"] <= speech.duration_seconds + 0.001
    for word in words:
        assert text[word["from"] : word["to"]] == word["text"]
    times = re.findall(r"\d\d:\d\d:\d\d\.\d{3}", as_vtt(cues_of(captions)))
    assert times == sorted(times)
