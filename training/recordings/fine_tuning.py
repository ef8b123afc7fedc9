"""Fine-tune both models of a demo voice on recordings: write the corpus, train, export, and make the card.

All files are in one work folder, so that a stopped run can be resumed.
"""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from django.utils.translation import gettext as _

from training.corpus.clean import Waveform, clean
from training.corpus.folder import Utterance, corpus_size, load_utterances, write_metadata
from training.measures import judge as judging
from training.measures.pace import syllables_per_second
from training.models.configs import SAMPLE_RATE
from training.models.coqui import load_config
from training.models.start import open_acoustic_model
from training.recordings.metadata import Recording, RecordingsError
from training.recordings.sound import read_samples, sample_rate_of
from training.runs.progress import OnPace
from training.sentences import HELD_OUT, held_out_sentences
from training.train_acoustic import train_acoustic
from training.train_vocoder import load_voice as load_spoken_voice
from training.train_vocoder import train_vocoder
from training.voice import level
from training.voice.export import export
from training.voice.pace import set_pace
from voices.intake.card import Data, Hearing, Measured, VoiceCard
from voices.library.card import describe_model, installed_versions
from voices.library.hashes import sha256_of
from voices.library.manifest import ManifestMember
from voices.synth import load_voice, read
from voices.synth.models import find_model
from voices.synth.text.hangul import only_syllables

SEED = 0
HELD_SHARE, MOST_HELD = 10, 12  # one recording in so many is not trained on, and how many at most


@dataclass(frozen=True)
class DemoVoice:
    """The demo voice that a new one starts from."""

    member: ManifestMember
    voice_model: Path

    @property
    def glow_tts(self) -> Path:
        return self.voice_model / self.member.glow_tts_dir

    @property
    def hifigan(self) -> Path:
        return self.voice_model / self.member.hifigan_dir


@dataclass(frozen=True)
class ErrorRates:
    """Character error rates on sentences that were not trained on, of the demo voice and of the new one."""

    sentences: int
    before: float
    after: float


def fingerprint(recordings: list[Recording]) -> str:
    """Return 12 hexadecimal digits that depend on names, texts and bytes of the recordings.

    They name the work folder, so that other recordings do not resume the run of these.
    """
    digest = hashlib.sha256()
    for recording in recordings:
        digest.update(f"{recording.path.name}|{recording.text}\n".encode())
        digest.update(bytes.fromhex(sha256_of(recording.path)))
    return digest.hexdigest()[:12]


def text_of(recording: Recording) -> str:
    """Return the text of a recording in plain Hangul."""
    return " ".join(sentence.text for sentence in read(recording.text, "spelled").sentences)


def samples_of(recording: Recording, sample_rate: int = SAMPLE_RATE) -> Waveform:
    """Return a recording's samples at `sample_rate` Hz, which is that of our voices."""
    samples: Waveform = soxr.resample(read_samples(recording.path), sample_rate_of(recording.path), sample_rate)
    return samples


def write_corpus(recordings: list[Recording], corpus: Path, sample_rate: int) -> None:
    """Write the recordings as a corpus folder, cleaned and at `sample_rate` Hz, with their texts read out in Hangul."""
    corpus.mkdir(parents=True, exist_ok=True)
    sentences = {}
    for number, recording in enumerate(recordings):
        name = f"{number:05}"
        # The models need a closing mark to end a sentence.
        said = text_of(recording)
        sentences[name] = said if said[-1] in ".!?" else f"{said}."
        speech = clean(samples_of(recording, sample_rate), sample_rate, np.random.default_rng(number))
        soundfile.write(corpus / f"{name}.wav", speech, sample_rate, subtype="PCM_16")
    write_metadata(corpus, sentences)


def hold_out(recordings: list[Recording]) -> tuple[list[Recording], list[Recording]]:
    """Return the recordings to train on, and one in ten, twelve at most, to measure with."""
    apart = max(HELD_SHARE, -(-len(recordings) // MOST_HELD))
    held = recordings[::apart]
    return [recording for recording in recordings if recording not in held], held


@dataclass(frozen=True)
class Run:
    """The run of a member's voice in its work folder; each step of it is resumed where it was stopped."""

    base: DemoVoice
    work: Path
    member: int

    @property
    def glow_tts(self) -> Path:
        return self.work / "voice"

    @property
    def hifigan(self) -> Path:
        return self.work / "vocoder"

    @property
    def _folder(self) -> Path:
        return self.work / f"from-{self.base.member.id}"

    def write_corpus(self, recordings: list[Recording]) -> None:
        """Write the recordings to train on; the other steps need them."""
        config = open_acoustic_model(self.base.glow_tts).config
        write_corpus(recordings, self.work / "corpus", config.audio.sample_rate)

    def train_acoustic(self, steps: int, device: str, on_pace: OnPace) -> None:
        """Fine-tune the acoustic model until it has `steps` steps, and export it into `glow_tts`."""
        train_acoustic(
            self._utterances(), self._folder, steps, start=self.base.glow_tts, seed=SEED, device=device, on_pace=on_pace
        )
        self._export("acoustic", self.glow_tts, "g")

    def train_vocoder(self, steps: int, device: str, on_pace: OnPace) -> None:
        """Fine-tune the vocoder until it has `steps` steps, and export it into `hifigan`.

        It learns from the recordings and from what the acoustic model makes of them, so that one is trained first.

        Raises:
            RecordingsError: no recording is long enough.
        """
        spoken = load_spoken_voice(self.work / "corpus", self._folder)
        if not spoken.utterances:
            raise RecordingsError(_("No recording is long enough to learn the sound of a voice from."))
        train_vocoder(
            [spoken],
            self._folder,
            steps,
            spectral_steps=0,
            start=self.base.hifigan,
            seed=SEED,
            device=device,
            on_pace=on_pace,
        )
        self._export("vocoder", self.hifigan, "h")

    def set_pace_and_level(self, held: list[Recording]) -> None:
        """Let the voice speak as fast as the recordings in `held`, and as loud as all voices."""
        readings = {text_of(recording): samples_of(recording) for recording in held}
        set_pace(self.glow_tts, self.hifigan, list(readings), syllables_per_second(readings))
        level.level(self.glow_tts, self.hifigan, held_out_sentences()[: level.SENTENCES])

    def _utterances(self) -> list[Utterance]:
        return load_utterances(self.work / "corpus", open_acoustic_model(self.base.glow_tts).config)

    def _export(self, model: str, folder: Path, letter: str) -> None:
        config = load_config(str(self._folder / f"{model}_config.json"))
        export(self._folder / f"{model}.pth", config, folder, f"{self.member}{letter}")


def judge_before_and_after(run: Run, recordings: list[Recording], judge: judging.Judge) -> ErrorRates:
    """Measure the new voice and the demo voice on sentences that are not in the recordings."""
    sentences = sentences_not_in(recordings)
    mode = run.base.member.mode
    before, after = (
        judging.voice_error_rate(load_voice(glow_tts, hifigan, mode=mode), sentences, judge)
        for glow_tts, hifigan in ((run.base.glow_tts, run.base.hifigan), (run.glow_tts, run.hifigan))
    )
    return ErrorRates(len(sentences), before, after)


def sentences_not_in(recordings: list[Recording]) -> list[str]:
    """Return the held-out sentences that are not the text of a recording."""
    recorded = {only_syllables(recording.text) for recording in recordings}
    return [sentence for sentence in held_out_sentences() if only_syllables(sentence) not in recorded]


def make_card(name: str, run: Run, rates: ErrorRates, measures: list[Measured]) -> VoiceCard:
    """Return the card of the voice that `run` made, for the member called `name`."""
    utterances, minutes = corpus_size(run.work / "corpus")
    return VoiceCard(
        name=name,
        mode=run.base.member.mode,
        licence="its owner's",
        made_on=datetime.date.today(),
        fine_tuned_from=run.base.member.name,
        data=Data("recordings brought to manage.py train_voice", "their owner's", utterances, round(minutes, 1)),
        acoustic_model=describe_model(find_model(run.glow_tts, "glow_tts").weights, SEED),
        vocoder=describe_model(find_model(run.hifigan, "hifigan").weights, SEED),
        versions=installed_versions(),
        hearings=[Hearing(judging.NAME, HELD_OUT, rates.sentences, round(rates.after, 4))],
        measures=measures,
    )
