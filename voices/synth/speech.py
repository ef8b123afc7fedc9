"""The whole path: text -> sentences -> symbol ids -> mel -> waveform -> speech with the times of every word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voices.synth.audio import fade_ends, silence, speech_bounds
from voices.synth.errors import ImplausibleSpeechError, NothingToSayError
from voices.synth.plausibility import find_flaw
from voices.synth.text import Spoken, read
from voices.synth.text.hangul import count_syllables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from voices.synth.plausibility import Flaw
    from voices.synth.text import Lexicon, Sentence
    from voices.synth.voice import Utterance, Voice

PAUSE_SECONDS = 0.35  # between two sentences
SECONDS_PER_SENTENCE, SECONDS_PER_SYLLABLE = 0.35, 0.24
MIN_SPEED, MAX_SPEED = 0.5, 2.0
RETRY_NOISE_SCALE, RETRY_SEED = 0.333, 1_000_003


@dataclass(frozen=True)
class SpokenWord:
    """One eojeol, as it was spelled, and when it is heard."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class SpokenSentence:
    """One sentence and when it is heard; times count from the start of the whole speech."""

    text: str
    pronunciation: str
    start_seconds: float
    end_seconds: float
    words: tuple[SpokenWord, ...]
    samples: NDArray[np.float32]  # with the pause before it, so that all sentences' samples in a row are the speech


@dataclass(frozen=True)
class Speech:
    """What `synthesize` made."""

    samples: NDArray[np.float32]  # [n_samples], -1..1
    sample_rate: int  # Hz
    sentences: tuple[SpokenSentence, ...]
    spoken: Spoken
    unknown_symbols: tuple[str, ...]  # of the pronunciation: what the voice's checkpoint has no id for

    @property
    def duration_seconds(self) -> float:
        """Length of the audio."""
        return len(self.samples) / self.sample_rate


def estimated_seconds(sentence: Sentence) -> float:
    """About how long `sentence` takes to say at speed 1, measured on the demo voice; good to a fifth."""
    return SECONDS_PER_SENTENCE + SECONDS_PER_SYLLABLE * count_syllables(sentence.pronunciation)


def synthesize(
    voice: Voice,
    text: str,
    *,
    speed: float = 1.0,
    seed: int = 0,
    noise_scale: float | None = None,
    lexicon: Lexicon | None = None,
    plausible_only: bool = False,
    on_progress: Callable[[Spoken, int], None] | None = None,
) -> Speech:
    """Speak `text` with `voice`.

    Args:
        voice: from `load_voice`.
        text: anything; what cannot be said is reported in `.spoken.dropped`.
        speed: 0.5 (slow) to 2.0 (fast).
        seed: with the same seed, the same text sounds the same.
        noise_scale: how far the voice may vary; None takes what the voice's maker chose.
        lexicon: readings of names that the rules can't know.
        plausible_only: speak a sentence again, with another seed, that came out as what can't be speech.
        on_progress: called with what will be said and the number of sentences done, before the first and after each;
            what it raises ends the synthesis.

    Raises:
        NothingToSayError: nothing of `text` can be spoken.
        RunawaySpeechError: the voice's weights ask for absurdly long audio.
        ImplausibleSpeechError: with `plausible_only`, a sentence came out so twice.
        ValueError: `speed` is out of range.
    """
    spoken = read(text, voice.mode, voice.alphabet, lexicon)
    sentences: list[SpokenSentence] = []
    if on_progress is not None:
        on_progress(spoken, 0)
    spoken_sentences = speak(
        voice, spoken, speed=speed, seed=seed, noise_scale=noise_scale, plausible_only=plausible_only
    )
    for sentence in spoken_sentences:
        sentences.append(sentence)
        if on_progress is not None:
            on_progress(spoken, len(sentences))
    samples = np.concatenate([sentence.samples for sentence in sentences])
    unknown = tuple(symbol for sentence in sentences for symbol in voice.unknown_symbols(sentence.pronunciation))
    return Speech(samples, voice.sample_rate, tuple(sentences), spoken, unknown)


def speak(
    voice: Voice,
    spoken: Spoken,
    *,
    speed: float = 1.0,
    seed: int = 0,
    noise_scale: float | None = None,
    plausible_only: bool = False,
) -> Iterator[SpokenSentence]:
    """Yield each sentence as soon as it can be heard; arguments and errors are those of `synthesize`."""
    if not spoken.sentences:
        raise NothingToSayError
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise ValueError(f"speed is {speed}, expected {MIN_SPEED} to {MAX_SPEED}")
    noise_scale = voice.noise_scale if noise_scale is None else noise_scale
    sample_count = 0
    for index, sentence in enumerate(spoken.sentences):
        ids = voice.symbol_ids(_closed(sentence.pronunciation, voice))
        utterance, start, heard = _say(voice, ids, noise_scale, speed, seed + index)
        if plausible_only and _flaw(voice, sentence, heard, speed):
            # Without noise another seed would say the same again.
            retry_noise_scale = max(noise_scale, RETRY_NOISE_SCALE)
            utterance, start, heard = _say(voice, ids, retry_noise_scale, speed, seed + index + RETRY_SEED)
            if flaw := _flaw(voice, sentence, heard, speed):
                raise ImplausibleSpeechError(flaw)
        pause = silence(PAUSE_SECONDS if index else 0, voice.sample_rate)
        origin = sample_count + len(pause)
        sample_count = origin + len(heard)
        yield SpokenSentence(
            text=sentence.text,
            pronunciation=sentence.pronunciation,
            start_seconds=origin / voice.sample_rate,
            end_seconds=sample_count / voice.sample_rate,
            words=_word_times(voice, sentence, ids, utterance, origin - start, (origin, sample_count)),
            samples=np.concatenate([pause, heard]),
        )


def _say(
    voice: Voice, ids: list[int], noise_scale: float, speed: float, seed: int
) -> tuple[Utterance, int, NDArray[np.float32]]:
    """Return the utterance, where in its waveform speech starts, and the speech [n_samples]."""
    utterance = voice.utterance(ids, noise_scale, length_scale=1 / speed, seed=seed)
    waveform = voice.waveform(utterance.mel)
    start, end = speech_bounds(waveform, voice.sample_rate)
    return utterance, start, fade_ends(waveform[start:end], voice.sample_rate)


def _flaw(voice: Voice, sentence: Sentence, heard: NDArray[np.float32], speed: float) -> Flaw | None:
    flaw = find_flaw(heard, voice.sample_rate, count_syllables(sentence.pronunciation), speed)
    # How speech swells and falls was measured on voices of our own recipe; the seed's keep what they always had.
    return None if flaw and flaw.reason == "steady_noise" and voice.mode == "spelled" else flaw


def _closed(pronunciation: str, voice: Voice) -> str:
    """End the sentence as the voice learnt that sentences end; people often leave the mark out, and the voice then
    stops in the middle of a sound. Voices of the seed get what they always got.
    """
    open_ended = voice.mode == "pronounced" and "." in voice.alphabet and pronunciation[-1:] not in (".", "!", "?", ",")
    return f"{pronunciation}." if open_ended else pronunciation


def _word_times(
    voice: Voice, sentence: Sentence, ids: list[int], utterance: Utterance, shift: int, heard: tuple[int, int]
) -> tuple[SpokenWord, ...]:
    """Give each eojeol the time of its symbols; `shift` is where the waveform's first sample falls in the speech."""
    spaces = [index for index, symbol_id in enumerate(ids) if voice.symbols[symbol_id] == " "]
    words = sentence.text.split(" ")
    if len(words) != len(spaces) + 1:  # a voice that knows no space: the sentence counts as one word
        words, spaces = [sentence.text], []
    ends = np.cumsum(utterance.frames_per_symbol) * voice.hop_length + voice.padding_samples + shift
    starts = ends - utterance.frames_per_symbol * voice.hop_length
    first = [0, *(space + 1 for space in spaces)]
    last = [*(max(0, space - 1) for space in spaces), len(ids) - 1]
    return tuple(
        SpokenWord(
            word,
            int(np.clip(starts[min(begin, finish)], *heard)) / voice.sample_rate,
            int(np.clip(ends[finish], *heard)) / voice.sample_rate,
        )
        for word, begin, finish in zip(words, first, last, strict=True)
    )
