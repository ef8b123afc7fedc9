"""Measure a voice before and after its training, beside recordings that it was not trained on.

Needs requirements/measures.txt.
"""

from training.measure_vocoder import measure_copies
from training.measure_voice import Measures, measure_speech, recognizers_with
from training.measures import judge
from training.recordings.fine_tuning import Run, samples_of, text_of
from training.recordings.metadata import Recording
from voices.synth import load_voice, synthesize
from voices.synth.vocoder import load_vocoder

Rows = dict[str, Measures]


def measure_run(run: Run, held: list[Recording], recognizer: judge.Judge) -> tuple[Rows, Rows]:
    """Return what the two models make of the recordings in `held`: rows of the voice, and rows of the vocoder.

    The voice reads their texts; the vocoder copies their sound. Each has the rows "before" and "after", and the voice
    that of the "recordings" themselves.
    """
    originals = {text_of(recording): samples_of(recording) for recording in held}
    recognizers = recognizers_with(recognizer)
    voices: Rows = {"recordings": measure_speech(originals, originals, recognizers)}
    vocoders: Rows = {}
    stages = {"before": (run.base.glow_tts, run.base.hifigan), "after": (run.glow_tts, run.hifigan)}
    for stage, (glow_tts, hifigan) in stages.items():
        voice = load_voice(glow_tts, hifigan, mode=run.base.member.mode)
        spoken = {text: synthesize(voice, text).samples for text in originals}
        voices[stage] = measure_speech(spoken, originals, recognizers)
        vocoders[stage] = measure_copies(load_vocoder(hifigan), originals.values())
    return voices, vocoders
