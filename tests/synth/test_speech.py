"""A text is spoken by a voice of random weights."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from voices.synth import NothingToSayError, load_voice, speak, synthesize
from voices.synth.speech import reading_for
from voices.synth.text.reading import BREATH_SECONDS, LINE_SECONDS, PARAGRAPH_SECONDS, SENTENCE_SECONDS

if TYPE_CHECKING:
    from voices.synth.voice import Voice

TEXT = "안녕하세요, 반갑습니다! 오늘 날씨가 좋네요."


def test_speech_takes_about_a_tenth_of_a_second_for_each_jamo(tiny_voice: Voice) -> None:
    speech = synthesize(tiny_voice, "안녕하세요")
    assert speech.duration_seconds == pytest.approx(1.2, rel=0.3)
    assert speech.samples.dtype == np.float32
    assert 0.01 < np.abs(speech.samples).max() <= 1


def test_the_times_of_words_are_in_order_within_their_sentence(tiny_voice: Voice) -> None:
    speech = synthesize(tiny_voice, TEXT)
    assert [word.text for sentence in speech.sentences for word in sentence.words] == TEXT.split()
    times = [time for s in speech.sentences for word in s.words for time in (word.start_seconds, word.end_seconds)]
    assert times == sorted(times)
    first, second = speech.sentences
    assert first.start_seconds == 0
    assert second.start_seconds - first.end_seconds == pytest.approx(SENTENCE_SECONDS, abs=0.001)
    assert second.end_seconds == pytest.approx(speech.duration_seconds)
    for sentence in speech.sentences:
        assert sentence.start_seconds <= sentence.words[0].start_seconds
        assert sentence.words[-1].end_seconds <= sentence.end_seconds
        assert all(word.end_seconds - word.start_seconds > 0.1 for word in sentence.words)


def test_silence_is_as_long_as_it_is_asked_for(tiny_voice: Voice) -> None:
    speech = synthesize(tiny_voice, "[0.3초]하나. 둘.[1.5s]셋.\n넷.\n\n다섯.[500ms]")
    ends = [0.0, *(sentence.end_seconds for sentence in speech.sentences)]
    starts = [*(sentence.start_seconds for sentence in speech.sentences), speech.duration_seconds]
    pauses = [start - end for end, start in zip(ends, starts, strict=True)]
    assert pauses == pytest.approx([0.3, SENTENCE_SECONDS, 1.5, LINE_SECONDS, PARAGRAPH_SECONDS, 0.5], abs=0.001)
    assert BREATH_SECONDS < SENTENCE_SECONDS < LINE_SECONDS < PARAGRAPH_SECONDS
    for sentence in speech.sentences:
        assert sentence.start_seconds <= sentence.words[0].start_seconds < sentence.words[-1].end_seconds


def test_speech_that_goes_on_after_its_first_sentences_has_the_same_pauses(tiny_voice: Voice) -> None:
    spoken = reading_for(tiny_voice, "하나.[1초]둘.[1초]")
    one, two = speak(tiny_voice, spoken)
    (again,) = speak(tiny_voice, spoken, first=1, sample_count=len(one.samples))
    np.testing.assert_array_equal(again.samples, two.samples)
    assert again.start_seconds == two.start_seconds


def test_the_same_seed_gives_the_same_speech(tiny_voice: Voice) -> None:
    first, again, other = (synthesize(tiny_voice, TEXT, seed=seed, noise_scale=0.5).samples for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_sentence_without_its_closing_mark_ends_like_one_with(tiny_voice: Voice) -> None:
    np.testing.assert_array_equal(synthesize(tiny_voice, "안녕").samples, synthesize(tiny_voice, "안녕.").samples)


def test_speed_changes_length_and_not_words(tiny_voice: Voice) -> None:
    slow, normal, fast = (synthesize(tiny_voice, TEXT, speed=speed) for speed in (0.5, 1.0, 2.0))
    assert slow.duration_seconds > 1.5 * normal.duration_seconds > 2 * fast.duration_seconds
    assert [s.text for s in slow.sentences] == [s.text for s in fast.sentences]


@pytest.mark.parametrize("speed", [0.0, 0.49, 2.01, float("nan")])
def test_a_speed_out_of_range_is_refused(tiny_voice: Voice, speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        synthesize(tiny_voice, TEXT, speed=speed)


@pytest.mark.parametrize("text", ["", " \n", "ㅠㅠ", "...!?", "漢字 😀"])
def test_nothing_to_say_is_an_error(tiny_voice: Voice, text: str) -> None:
    with pytest.raises(NothingToSayError):
        synthesize(tiny_voice, text)


LONG = "오늘은 날씨가 정말 좋아서 친구들이랑 한강에 가서 치킨을 먹고 왔어요. 재미있었어요."


def test_speech_goes_on_from_any_sentence_with_the_same_samples(tiny_voice: Voice) -> None:
    spoken = reading_for(tiny_voice, LONG)
    whole = list(speak(tiny_voice, spoken, seed=3, noise_scale=0.5))
    before = sum(len(sentence.samples) for sentence in whole[:1])
    rest = list(speak(tiny_voice, spoken, seed=3, noise_scale=0.5, first=1, sample_count=before))
    assert len(whole) == 3
    for again, sentence in zip(rest, whole[1:], strict=True):
        np.testing.assert_array_equal(again.samples, sentence.samples)
        assert again.words == sentence.words


def test_a_long_first_sentence_is_cut_at_a_breath_and_no_word_is_lost(tiny_voice: Voice) -> None:
    spoken = reading_for(tiny_voice, LONG)
    first, second, _ = spoken.sentences
    assert (first.text, second.text) == ("오늘은 날씨가 정말 좋아서", "친구들이랑 한강에 가서 치킨을 먹고 왔어요.")
    assert spoken.text == LONG
    assert [word.text for sentence in spoken.sentences for word in sentence.words] == LONG.split()
    one, two, three = speak(tiny_voice, spoken)
    assert two.start_seconds - one.end_seconds == pytest.approx(BREATH_SECONDS, abs=0.001)
    assert three.start_seconds - two.end_seconds == pytest.approx(SENTENCE_SECONDS, abs=0.001)


def test_the_joined_sentences_are_the_speech(tiny_voice: Voice) -> None:
    speech = synthesize(tiny_voice, TEXT)
    parts = [sentence.samples for sentence in speak(tiny_voice, speech.spoken)]
    np.testing.assert_array_equal(np.concatenate(parts), speech.samples)


def test_what_is_not_said_is_reported(tiny_voice: Voice) -> None:
    speech = synthesize(tiny_voice, "안녕 😀")
    assert [(dropped.text, dropped.index) for dropped in speech.spoken.dropped] == [("😀", 3)]
    assert speech.unknown_symbols == ()


def test_a_tiny_voice_loads_and_speaks_quickly(tiny_root: Path, tiny_voice: Voice) -> None:
    started = time.process_time()
    voice = load_voice(tiny_root / "glow-tts" / "1", tiny_root / "hifigan-v2" / "1", mode="pronounced")
    synthesize(voice, "안녕하세요.")
    assert time.process_time() - started < 1
