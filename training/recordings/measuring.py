"""Measure a voice before and after its training, beside recordings that it was not trained on.

Needs requirements/measures.txt.
"""

from collections.abc import Mapping
from functools import partial

import soxr

from training.corpus.clean import Waveform
from training.measure_vocoder import measure_copies
from training.measure_voice import Hear, Measures, measure_speech
from training.measures import judge, vosk_judge
from training.measures.intervals import interval
from training.models.configs import SAMPLE_RATE
from training.recordings.fine_tuning import Run
from training.recordings.metadata import Recording
from training.recordings.sound import read_samples, sample_rate_of
from voices.intake.card import Measured
from voices.synth import load_voice, read, synthesize
from voices.synth.vocoder import load_vocoder

Rows = dict[str, Measures]


def measure_run(run: Run, held: list[Recording], recognizer: judge.Judge) -> tuple[Rows, Rows]:
    """Return what the two models make of the recordings in `held`: rows of the voice, and rows of the vocoder.

    The voice reads their texts; the vocoder copies their sound. Each has the rows "before" and "after", and the voice
    that of the "recordings" themselves.
    """
    originals = {
        " ".join(sentence.text for sentence in read(recording.text, "spelled").sentences): samples_of(recording)
        for recording in held
    }
    recognizers: dict[str, Hear] = {judge.NAME: partial(recognizer.hear, sample_rate=SAMPLE_RATE)}
    if vosk_judge.is_installed():
        recognizers[vosk_judge.NAME] = partial(vosk_judge.VoskJudge().hear, sample_rate=SAMPLE_RATE)
    voices: Rows = {"recordings": measure_speech(originals, originals, recognizers)}
    vocoders: Rows = {}
    stages = {"before": (run.base.glow_tts, run.base.hifigan), "after": (run.glow_tts, run.hifigan)}
    for stage, (glow_tts, hifigan) in stages.items():
        voice = load_voice(glow_tts, hifigan, mode=run.base.member.mode)
        spoken = {text: synthesize(voice, text).samples for text in originals}
        voices[stage] = measure_speech(spoken, originals, recognizers)
        vocoders[stage] = measure_copies(load_vocoder(hifigan), originals.values())
    return voices, vocoders


def measured(rows: Mapping[str, Measures]) -> list[Measured]:
    """Return the rows as the card has them, without what could not be measured."""
    found = []
    for of, measures in rows.items():
        for name, values in measures.items():
            mean = interval(values)
            if mean.mean == mean.mean:  # not nan
                found.append(
                    Measured(name, of, round(mean.mean, 4), round(mean.low, 4), round(mean.high, 4), len(values))
                )
    return found


def samples_of(recording: Recording) -> Waveform:
    """Return a recording's samples at the rate of the voices."""
    samples: Waveform = soxr.resample(read_samples(recording.path), sample_rate_of(recording.path), SAMPLE_RATE)
    return samples
