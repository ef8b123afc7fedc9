"""Find the demo voice that sounds most like the speaker of the recordings."""

from pathlib import Path

import numpy as np
import soxr

from training.recordings.likeness import SAMPLE_RATE, describe_speaker
from training.recordings.metadata import Recording
from training.recordings.sound import read_samples, sample_rate_of
from voices.library.manifest import ManifestMember, read_manifest
from voices.synth import load_voice, synthesize

SENTENCES = ("오늘은 날씨가 참 좋네요.", "저녁은 뭐 먹을지 아직 못 정했어요.", "우리 다음 주에 만날까요?")
RECORDINGS = 10  # that are compared


def nearest_demo_voice(recordings: list[Recording], voice_model: Path) -> ManifestMember | None:
    """Return the demo member in `voice_model` whose voice is nearest in pitch and timbre; None if there is none."""
    demo = [member for member in read_manifest(voice_model) if member.mode == "pronounced"]
    spoken = [
        soxr.resample(read_samples(recording.path), sample_rate_of(recording.path), SAMPLE_RATE)
        for recording in recordings[:RECORDINGS]
    ]
    wanted = describe_speaker(np.concatenate(spoken), SAMPLE_RATE)

    def distance(candidate: ManifestMember) -> float:
        voice = load_voice(
            voice_model / candidate.glow_tts_dir, voice_model / candidate.hifigan_dir, mode=candidate.mode
        )
        samples = [synthesize(voice, sentence).samples for sentence in SENTENCES]
        return describe_speaker(np.concatenate(samples), voice.sample_rate).distance(wanted)

    return min(demo, key=distance, default=None)
