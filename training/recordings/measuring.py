"""Measure a voice before and after its training, beside recordings that it was not trained on.

Needs requirements/measures.txt.
"""

from functools import partial

import soxr

from training.corpus.clean import Waveform
from training.measure_vocoder import measure_copies
from training.measure_voice import Hear, Measures, measure_speech
from training.measures import judge, vosk_judge
from training.models.configs import SAMPLE_RATE
from training.recordings.fine_tuning import Run
from training.recordings.metadata import Recording
from training.recordings.sound import read_samples, sample_rate_of
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


def samples_of(recording: Recording) -> Waveform:
    """Return a recording's samples at the rate of the voices."""
    samples: Waveform = soxr.resample(read_samples(recording.path), sample_rate_of(recording.path), SAMPLE_RATE)
    return samples
