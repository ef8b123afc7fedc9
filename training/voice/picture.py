"""Draw one sentence by each voice and by its teacher: waveforms and mel spectrograms, side by side.

    python -m training.voice.picture voice_model PICTURE.png [--text 오늘 저녁에 같이 영화 볼래요?]

In the mel, silence is dark, hum is a horizontal line in the pauses, and a click a vertical line; in the waveform,
clipping is a flat top.
"""

import argparse
import pathlib

import librosa
import matplotlib
import numpy as np
from matplotlib.axes import Axes

from training.corpus.clean import Waveform
from training.corpus.make import Teacher
from training.corpus.teachers import TEACHERS
from training.models.configs import SAMPLE_RATE
from voices.library.manifest import ManifestMember, read_manifest
from voices.synth import load_voice, synthesize

matplotlib.use("Agg")

DYNAMIC_RANGE = 70.0  # dB that are drawn


def voice_reads(voice_model: pathlib.Path, member: ManifestMember, text: str) -> Waveform:
    """Synthesize a text with a member's voice."""
    voice = load_voice(voice_model / member.glow_tts_dir, voice_model / member.hifigan_dir, mode=member.mode)
    return synthesize(voice, text).samples


def draw(speech: Waveform, wave: Axes, mel: Axes, title: str) -> None:
    """Draw the waveform at full scale into `wave`, and the mel of 80 bands up to 8 kHz into `mel`."""
    wave.plot(speech, linewidth=0.3, color="black")
    wave.set(xlim=(0, len(speech)), ylim=(-1, 1), xticks=[], yticks=[])
    wave.set_title(title, fontsize=9)
    power = librosa.feature.melspectrogram(y=speech, sr=SAMPLE_RATE, n_fft=1024, hop_length=256, n_mels=80, fmax=8000)
    mel.imshow(
        librosa.power_to_db(power, ref=np.max, top_db=DYNAMIC_RANGE), origin="lower", aspect="auto", cmap="magma"
    )
    mel.set(xticks=[], yticks=[])


def main() -> None:
    from matplotlib import pyplot  # after the choice of its backend

    parser = argparse.ArgumentParser(description="Draw the voices beside their teachers.")
    parser.add_argument("voice_model", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path)
    parser.add_argument("--text", default="오늘 저녁에 같이 영화 볼래요?")
    arguments = parser.parse_args()
    members = read_manifest(arguments.voice_model)
    figure, axes = pyplot.subplots(
        2 * len(members), 2, figsize=(9, 2.2 * len(members)), height_ratios=[1, 2] * len(members), layout="constrained"
    )
    for row, member in enumerate(members):
        number = str(member.id)
        both = {
            "teacher": Teacher(TEACHERS[number]).read(arguments.text, np.random.default_rng(0)),
            "voice": voice_reads(arguments.voice_model, member, arguments.text),
        }
        for column, (who, speech) in enumerate(both.items()):
            title = f"{member.slug}, {who}: {len(speech) / SAMPLE_RATE:.2f} s"
            draw(speech, axes[2 * row, column], axes[2 * row + 1, column], title)
    figure.savefig(arguments.picture, dpi=75)


if __name__ == "__main__":
    main()
