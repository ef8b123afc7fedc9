"""Speak a text: text -> sentences -> symbol ids -> mel -> waveform -> speech with the times of every word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voices.synth.audio import MARGIN_SECONDS, fade_ends, silence, speech_bounds
from voices.synth.errors import ImplausibleSpeechError, NothingToSayError
from voices.synth.plausibility import find_flaw
from voices.synth.text import Spoken, Word, cut_at_breath, read
from voices.synth.text.hangul import count_syllables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from voices.synth.plausibility import Flaw
    from voices.synth.text import Lexicon, Markup, Sentence
    from voices.synth.voice import Utterance, Voice

SECONDS_PER_SENTENCE, SECONDS_PER_SYLLABLE = 0.35, 0.24
MIN_SPEED, MAX_SPEED = 0.5, 2.0
_SILENT = frozenset(" .,!?")
RETRY_NOISE_SCALE, RETRY_SEED = 0.333, 1_000_003


@dataclass(frozen=True)
class SpokenWord:
    """One word as typed, `original[start:end]`, with the times of its start and end."""

    text: str
    start: int
    end: int
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True)
class SpokenSentence:
    """One sentence with its samples and times; times are relative to the start of the whole speech."""

    text: str
    pronunciation: str
    start_seconds: float
    end_seconds: float
    words: tuple[SpokenWord, ...]  # at least one
    # With the pause before it, the last one with that after it: the samples of all sentences, joined, are the speech.
    samples: NDArray[np.float32]
    flaw_of_first_try: Flaw | None = None  # why it was spoken a second time

    @property
    def start(self) -> int:
        """Position of the first character of the original text that it stands for."""
        return min(word.start for word in self.words)

    @property
    def end(self) -> int:
        """Position after the last character of the original text that it stands for."""
        return max(word.end for word in self.words)


@dataclass(frozen=True)
class Speech:
    """The result of `synthesize`."""

    samples: NDArray[np.float32]  # [n_samples], -1..1
    sample_rate: int  # Hz
    sentences: tuple[SpokenSentence, ...]
    spoken: Spoken
    unknown_symbols: tuple[str, ...]  # of the pronunciation, for which the checkpoint has no id

    @property
    def duration_seconds(self) -> float:
        """Duration of the audio."""
        return len(self.samples) / self.sample_rate


def estimated_seconds(sentence: Sentence) -> float:
    """Estimate the duration of `sentence` at speed 1, in seconds, as measured on the demo voice; within 20 %."""
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
) -> Speech:
    """Speak `text` with `voice`.

    Args:
        voice: from `load_voice`.
        text: any text; what cannot be spoken is listed in `.spoken.dropped`.
        speed: 0.5 (slow) to 2.0 (fast).
        seed: of the noise; the same seed and text give the same samples.
        noise_scale: standard deviation of the noise, 0 or more; None takes the value in the voice's config.
        lexicon: readings of names that no rule covers.
        plausible_only: if the audio of a sentence can't be speech, synthesize it again with another seed.

    Raises:
        NothingToSayError: nothing of `text` can be spoken.
        RunawaySpeechError: the acoustic model predicts far too long audio.
        ImplausibleSpeechError: with `plausible_only`, the second try can't be speech either.
        ValueError: `speed` is out of range.
    """
    spoken = reading_for(voice, text, lexicon)
    sentences = tuple(
        speak(voice, spoken, speed=speed, seed=seed, noise_scale=noise_scale, plausible_only=plausible_only)
    )
    samples = np.concatenate([sentence.samples for sentence in sentences])
    unknown = tuple(symbol for sentence in sentences for symbol in voice.unknown_symbols(sentence.pronunciation))
    return Speech(samples, voice.sample_rate, sentences, spoken, unknown)


def reading_for(voice: Voice, text: str, lexicon: Lexicon | None = None, markup: Markup = "none") -> Spoken:
    """Read `text` as `voice` will say it; a long first sentence is cut at a breath, so that the sound starts early."""
    return cut_at_breath(read(text, voice.mode, voice.alphabet, lexicon, markup), voice.alphabet)


def speak(
    voice: Voice,
    spoken: Spoken,
    *,
    speed: float = 1.0,
    seed: int = 0,
    noise_scale: float | None = None,
    plausible_only: bool = False,
    first: int = 0,
    sample_count: int = 0,
) -> Iterator[SpokenSentence]:
    """Yield each sentence as soon as it is synthesized.

    Arguments and errors are those of `synthesize`, and:
        spoken: from `reading_for`.
        first: index of the first sentence to speak, if those before are spoken already. The samples are the same.
        sample_count: how many samples those before have.
    """
    if not spoken.sentences:
        raise NothingToSayError
    if not MIN_SPEED <= speed <= MAX_SPEED:
        raise ValueError(f"speed is {speed}, expected {MIN_SPEED} to {MAX_SPEED}")
    noise_scale = voice.noise_scale if noise_scale is None else noise_scale
    for index, sentence in enumerate(spoken.sentences[first:], first):
        ids = voice.symbol_ids(_with_closing_mark(sentence.pronunciation, voice))
        own_speed = min(max(speed * sentence.speed, MIN_SPEED), MAX_SPEED)
        utterance, start, heard = _speak_sentence(voice, ids, noise_scale, own_speed, seed + index)
        flaw_of_first_try = _flaw(voice, sentence, heard, own_speed) if plausible_only else None
        if flaw_of_first_try:
            # Without noise, another seed would give the same audio.
            retry_noise_scale = max(noise_scale, RETRY_NOISE_SCALE)
            utterance, start, heard = _speak_sentence(
                voice, ids, retry_noise_scale, own_speed, seed + index + RETRY_SEED
            )
            if flaw := _flaw(voice, sentence, heard, own_speed):
                raise ImplausibleSpeechError(flaw)
        pause = silence(sentence.pause_seconds, voice.sample_rate)
        is_last = index == len(spoken.sentences) - 1
        closing = silence(spoken.closing_pause_seconds if is_last else 0, voice.sample_rate)
        origin = sample_count + len(pause)
        sample_count = origin + len(heard)
        margin = min(round(MARGIN_SECONDS * voice.sample_rate), len(heard) // 2)
        yield SpokenSentence(
            text=sentence.text,
            pronunciation=sentence.pronunciation,
            start_seconds=origin / voice.sample_rate,
            end_seconds=sample_count / voice.sample_rate,
            words=_word_times(
                voice, sentence, ids, utterance, origin - start, (origin + margin, sample_count - margin)
            ),
            samples=np.concatenate([pause, heard, closing]),
            flaw_of_first_try=flaw_of_first_try,
        )


def _speak_sentence(
    voice: Voice, ids: list[int], noise_scale: float, speed: float, seed: int
) -> tuple[Utterance, int, NDArray[np.float32]]:
    """Return the utterance, the sample of its waveform at which speech starts, and the speech [n_samples]."""
    utterance = voice.utterance(ids, noise_scale, length_scale=voice.length_scale / speed, seed=seed)
    waveform = voice.waveform(utterance.mel)
    start, end = speech_bounds(waveform, voice.sample_rate)
    return utterance, start, fade_ends(waveform[start:end], voice.sample_rate)


def _flaw(voice: Voice, sentence: Sentence, heard: NDArray[np.float32], speed: float) -> Flaw | None:
    flaw = find_flaw(heard, voice.sample_rate, count_syllables(sentence.pronunciation), speed)
    # The bound of "steady_noise" was measured on voices of our own recipe, and does not hold for the SCE-TTS recipe.
    return None if flaw and flaw.reason == "steady_noise" and voice.mode == "spelled" else flaw


def _with_closing_mark(pronunciation: str, voice: Voice) -> str:
    """Add a period to a sentence without a closing mark, for voices of our own recipe.

    They were trained on sentences with a closing mark; without one, they stop in the middle of a sound. Voices of the
    SCE-TTS recipe get the text unchanged, as in the Flask server.
    """
    open_ended = voice.mode == "pronounced" and "." in voice.alphabet and pronunciation[-1:] not in (".", "!", "?", ",")
    return f"{pronunciation}." if open_ended else pronunciation


def _word_times(
    voice: Voice, sentence: Sentence, ids: list[int], utterance: Utterance, shift: int, heard: tuple[int, int]
) -> tuple[SpokenWord, ...]:
    """Return the times of each written word, from the durations of its symbols.

    Args:
        voice: what spoke.
        sentence: what was spoken.
        ids: the symbols of `utterance`.
        utterance: gives the frames of each symbol.
        shift: position of the waveform's first sample in the whole speech, in samples; may be negative.
        heard: first and end sample of its sounds in the whole speech; times outside are clipped.
    """
    words = sentence.words
    sounds = [voice.symbols[symbol_id] in voice.alphabet - _SILENT for symbol_id in ids]
    spaces = [index for index, symbol_id in enumerate(ids) if voice.symbols[symbol_id] == " "]
    if len(sentence.tokens) != len(spaces) + 1:  # the voice has no symbol for the space: the sentence is one word
        text = " ".join(word.text for word in words)
        words = (Word(text, words[0].start, words[-1].end, len(sentence.tokens)),)
        spaces = [-1] * (len(sentence.tokens) - 1)
    ends = np.cumsum(utterance.frames_per_symbol) * voice.hop_length + voice.padding_samples + shift
    starts = ends - utterance.frames_per_symbol * voice.hop_length
    borders = [-1, *spaces, len(ids)]
    spoken = []
    token = 0
    for word in words:
        begin, after = borders[token] + 1, borders[token + word.token_count]
        finish = max(begin, after - 1)
        if after < len(ids):
            # The frames of a mark are those of the pause; a blank after a sound is its end.
            last_sound = max((index for index in range(begin, after) if sounds[index]), default=finish)
            finish = min(finish, last_sound + 1)
            if voice.symbols[ids[finish]] in voice.alphabet:
                finish = last_sound
        token += word.token_count
        start, end = np.clip([starts[begin], ends[finish]], *heard) / voice.sample_rate
        spoken.append(SpokenWord(word.text, word.start, word.end, float(start), float(end)))
    return tuple(spoken)
