"""Measure how a voice speaks: clarity, pace, melody, level and clicks, beside its teacher reading the same sentences.

    python -m training.measure_voice VOICE_MODEL_FOLDER [--voices 1 2] [--sentences 40] [--write]

Voice and teacher speak sentences that no training saw, the voice as the service speaks. Each measure is a mean over the
sentences with its 95 % interval:

CER          share of the syllables that Whisper base misses; and that Vosk misses, where it is installed
syllables/s  syllables a second of speech, pauses left out
range        from the 5th to the 95th percentile of the pitch, in semitones; of exclamations alone, too
end of . ?   the pitch at the end of a statement or a question, in semitones from the median of the sentence
melody       correlation of the pitch contour with the teacher's, along a DTW path; 1 is the same melody
level        loudness in LUFS (ITU-R BS.1770)
clicks       impulses in a sentence

The teacher's own line shows what its voice can reach. A third table has the vocoder's copies of the teacher, as
`measure_vocoder` measures them. With --write all of it goes into the voices' cards.
"""

import argparse
import pathlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

import librosa
import numpy as np
import numpy.typing as npt
import pyloudnorm
import scipy.ndimage
import scipy.signal
import torch

from training.corpus.clean import Waveform
from training.corpus.teachers import TEACHERS
from training.measure_vocoder import measure_copies, teacher_reads
from training.measures import judge, vosk_judge
from training.measures.intervals import table
from training.measures.pace import syllables_per_second
from training.measures.pitch import FRAME_MS, Floats, pitch
from training.models.configs import HOP_LENGTH, SAMPLE_RATE
from training.sentences import held_out_sentences
from training.voice.card import write_measures
from voices.library.manifest import read_manifest
from voices.synth import load_voice, synthesize
from voices.synth.audio import frame_levels
from voices.synth.vocoder import load_vocoder

SENTENCES = 40
MFCCS = 13
END_FRAMES, FAINT = 14, 30.0  # 70 ms; dB
CLICK_BAND = 7000.0  # Hz; most of speech is below, an impulse is everywhere
CLICK_RISE = 20.0  # dB above all that is 3 to 15 ms away: no burst of a consonant is over so soon
CLICK_FLOOR = -70.0  # dB below full scale
NEAREST, FARTHEST = 3, 15  # ms

Measures = dict[str, list[float]]
Hear = Callable[[Waveform], str]


def recognizers_with(whisper: judge.Judge) -> dict[str, Hear]:
    """Return what hears the speech, by its name: `whisper`, and Vosk where it is installed."""
    recognizers: dict[str, Hear] = {judge.NAME: partial(whisper.hear, sample_rate=SAMPLE_RATE)}
    if vosk_judge.is_installed():
        recognizers[vosk_judge.NAME] = partial(vosk_judge.VoskJudge().hear, sample_rate=SAMPLE_RATE)
    return recognizers


def measure_speech(
    spoken: Mapping[str, Waveform], originals: Mapping[str, Waveform], recognizers: Mapping[str, Hear]
) -> Measures:
    """Measure speech, sentence by sentence; values in the order of `spoken`.

    Args:
        spoken: speech at `SAMPLE_RATE` by its sentence, in plain Hangul.
        originals: the teacher's speech by its sentence; what `melody` compares with.
        recognizers: what hears the speech, by the name that the table shows.
    """
    measures: Measures = defaultdict(list)
    meter = pyloudnorm.Meter(SAMPLE_RATE)
    for sentence, samples in spoken.items():
        for name, hear in recognizers.items():
            measures[f"CER, {name}"].append(judge.error_rate(sentence, hear(samples)))
        measures["syllables/s"].append(syllables_per_second({sentence: samples}))
        contour = pitch(samples, SAMPLE_RATE)
        measures["range, semitones"].append(pitch_range(contour))
        if sentence.endswith("!"):
            measures["range of !, semitones"].append(pitch_range(contour))
        elif sentence.endswith((".", "?")):
            measures[f"end of {sentence[-1]}, semitones"].append(final_pitch(samples, contour))
        measures["melody"].append(melody_likeness(samples, originals[sentence]))
        measures["level, LUFS"].append(loudness(meter, samples))
        measures["clicks"].append(count_clicks(samples))
    return dict(measures)


def loudness(meter: pyloudnorm.Meter, samples: Waveform) -> float:
    """Return the loudness of speech [n_samples] in LUFS; nan if it is shorter than a block of the standard, 0.4 s."""
    if len(samples) < meter.block_size * meter.rate:
        return float("nan")
    return float(meter.integrated_loudness(samples.astype(np.float64)))


def pitch_range(contour: Floats) -> float:
    """Return the semitones from the 5th to the 95th percentile of a contour in Hz, 0 where unvoiced; nan if all is."""
    voiced = contour[contour > 0]
    if len(voiced) == 0:
        return float("nan")
    low, high = np.percentile(voiced, [5, 95])
    return float(12 * np.log2(high / low))


def final_pitch(samples: Waveform, contour: Floats) -> float:
    """Return the semitones from the median pitch of a sentence to that of its last `END_FRAMES` voiced frames.

    Frames more than `FAINT` dB below the loudest, in which the voice dies away, do not count. nan if none is voiced.
    """
    levels = frame_levels(samples, round(SAMPLE_RATE * FRAME_MS / 1000))
    length = min(len(levels), len(contour))
    voiced = contour[:length][(contour[:length] > 0) & (levels[:length] > levels.max() - FAINT)]
    if len(voiced) == 0:
        return float("nan")
    return float(12 * np.log2(np.median(voiced[-END_FRAMES:]) / np.median(voiced)))


def melody_likeness(samples: Waveform, original: Waveform) -> float:
    """Return the correlation of two readings' log pitch, -1..1, over the frames that are voiced in both.

    The readings of one sentence are aligned by dynamic time warping of their MFCCs, so pace does not count, and neither
    does the height of the voice. nan where nothing is voiced in both, or a melody stands still.
    """
    _, path = librosa.sequence.dtw(_timbre(samples), _timbre(original), metric="euclidean")
    contours = [
        _at_frames(pitch(speech, SAMPLE_RATE), frames)
        for speech, frames in zip((samples, original), path.T, strict=True)
    ]
    both = (contours[0] > 0) & (contours[1] > 0)
    ours, its = (np.log2(contour[both]) for contour in contours)
    if not both.any() or np.ptp(ours) == 0 or np.ptp(its) == 0:
        return float("nan")
    return float(np.corrcoef(ours, its)[0, 1])


def count_clicks(samples: Waveform) -> int:
    """Count impulses in speech [n_samples]: milliseconds far louder than what is before and after, above 7 kHz."""
    highpass = scipy.signal.butter(4, CLICK_BAND, "highpass", fs=SAMPLE_RATE, output="sos")
    high = scipy.signal.sosfiltfilt(highpass, samples.astype(np.float64))
    levels = frame_levels(high, round(SAMPLE_RATE / 1000))
    distance = np.abs(np.arange(-FARTHEST, FARTHEST + 1))
    around = scipy.ndimage.maximum_filter(levels, footprint=distance >= NEAREST, mode="nearest")
    _, clicks = scipy.ndimage.label((levels > around + CLICK_RISE) & (levels > CLICK_FLOOR))
    return int(clicks)


def _timbre(samples: Waveform) -> npt.NDArray[np.float32]:
    """Return MFCCs [n_mfccs, n_frames] of length 1 in each frame, without the first, which is loudness."""
    mfccs = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE, n_mfcc=MFCCS, hop_length=HOP_LENGTH)[1:]
    unit: npt.NDArray[np.float32] = librosa.util.normalize(mfccs, norm=2, axis=0)
    return unit


def _at_frames(contour: Floats, frames: npt.NDArray[np.int64]) -> Floats:
    indices = np.round(frames * HOP_LENGTH / SAMPLE_RATE * 1000 / FRAME_MS).astype(int)
    chosen: Floats = contour[np.minimum(indices, len(contour) - 1)]
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure voices beside their teachers.")
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("--voices", nargs="+", choices=TEACHERS, default=list(TEACHERS))
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    parser.add_argument("--write", action="store_true", help="write the measures into the voices' cards")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recognizers = recognizers_with(judge.Judge())
    sentences = held_out_sentences()[: arguments.sentences]
    teachers: dict[str, Measures] = {}
    voices: dict[str, Measures] = {}
    copies: dict[str, Measures] = {}
    for member in read_manifest(arguments.voice_model):
        if (number := str(member.id)) not in arguments.voices:
            continue
        folders = (arguments.voice_model / member.glow_tts_dir, arguments.voice_model / member.hifigan_dir)
        voice = load_voice(*folders, mode=member.mode)
        originals = dict(zip(sentences, teacher_reads(number, sentences), strict=True))
        spoken = {sentence: synthesize(voice, sentence).samples for sentence in sentences}
        teachers[f"teacher of {member.name}"] = measure_speech(originals, originals, recognizers)
        voices[member.name] = measure_speech(spoken, originals, recognizers)
        copies[member.name] = measure_copies(load_vocoder(folders[1]), originals.values())
        if arguments.write:
            rows = {
                "teacher": teachers[f"teacher of {member.name}"],
                "after": {**voices[member.name], **copies[member.name]},
            }
            write_measures(*folders, rows)
    print(table(teachers), table(voices), table(copies), sep="\n\n")


if __name__ == "__main__":
    main()
