"""Fine-tune a demo voice on recordings: write the corpus, train, export, measure, and make the card.

All files are in one work folder, so that a stopped run can be resumed.
"""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from training.corpus.clean import clean
from training.corpus.folder import corpus_size, load_utterances, write_metadata
from training.measures import judge as judging
from training.models.coqui import load_config
from training.models.start import open_acoustic_model
from training.recordings.metadata import Recording
from training.recordings.sound import read_samples, sample_rate_of
from training.runs.progress import OnPace
from training.sentences import HELD_OUT, held_out_sentences
from training.train_acoustic import train_acoustic
from training.voice import level
from training.voice.export import export
from voices.intake.card import Data, Hearing, VoiceCard
from voices.library.card import describe_model, installed_versions, read_card
from voices.library.hashes import sha256_of
from voices.library.manifest import ManifestMember
from voices.synth import load_voice, read
from voices.synth.models import find_model
from voices.synth.text.hangul import only_syllables

SEED = 0


@dataclass(frozen=True)
class DemoVoice:
    """The demo voice that a new one starts from; the new one uses its vocoder unchanged."""

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


def write_corpus(recordings: list[Recording], corpus: Path, sample_rate: int) -> None:
    """Write the recordings as a corpus folder, cleaned and at `sample_rate` Hz, with their texts read out in Hangul."""
    corpus.mkdir(parents=True, exist_ok=True)
    sentences = {}
    for number, recording in enumerate(recordings):
        name = f"{number:05}"
        # The models need a closing mark to end a sentence.
        said = " ".join(sentence.text for sentence in read(recording.text, "spelled").sentences)
        sentences[name] = said if said[-1] in ".!?" else f"{said}."
        speech = soxr.resample(read_samples(recording.path), sample_rate_of(recording.path), sample_rate)
        speech = clean(speech, sample_rate, np.random.default_rng(number))
        soundfile.write(corpus / f"{name}.wav", speech, sample_rate, subtype="PCM_16")
    write_metadata(corpus, sentences)


def fine_tune(
    recordings: list[Recording], base: DemoVoice, work: Path, prefix: str, steps: int, device: str, on_pace: OnPace
) -> Path:
    """Fine-tune the demo voice `base`, export it, and set its loudness; return the path of the weights.

    Args:
        recordings: to train on.
        base: the demo voice to start from.
        work: the work folder; a run in it is resumed.
        prefix: of the exported file names.
        steps: of the whole run.
        device: "cpu" or "cuda".
        on_pace: called every few steps with the progress.
    """
    config = open_acoustic_model(base.glow_tts).config
    write_corpus(recordings, work / "corpus", config.audio.sample_rate)
    run = work / f"from-{base.member.id}"
    utterances = load_utterances(work / "corpus", config)
    train_acoustic(utterances, run, steps, start=base.glow_tts, seed=SEED, device=device, on_pace=on_pace)
    config = load_config(str(run / "acoustic_config.json"))
    weights = export(run / "acoustic.pth", config, work / "voice", prefix)
    level.level(work / "voice", base.hifigan, held_out_sentences()[: level.SENTENCES])
    return weights


def judge_before_and_after(
    base: DemoVoice, made: Path, recordings: list[Recording], judge: judging.Judge
) -> ErrorRates:
    """Measure the voice in the folder `made` and the demo voice `base` on sentences that are not in the recordings."""
    sentences = sentences_not_in(recordings)
    before, after = (
        judging.voice_error_rate(load_voice(folder, base.hifigan, mode=base.member.mode), sentences, judge)
        for folder in (base.glow_tts, made)
    )
    return ErrorRates(len(sentences), before, after)


def sentences_not_in(recordings: list[Recording]) -> list[str]:
    """Return the held-out sentences that are not the text of a recording."""
    recorded = {only_syllables(recording.text) for recording in recordings}
    return [sentence for sentence in held_out_sentences() if only_syllables(sentence) not in recorded]


def make_card(name: str, base: DemoVoice, work: Path, weights: Path, rates: ErrorRates) -> VoiceCard:
    """Return the card of the voice in `work`, for the member called `name`."""
    utterances, minutes = corpus_size(work / "corpus")
    base_card = read_card(base.glow_tts)
    vocoder = find_model(base.hifigan, "hifigan").weights
    return VoiceCard(
        name=name,
        mode=base.member.mode,
        licence="its owner's",
        made_on=datetime.date.today(),
        fine_tuned_from=base.member.name,
        data=Data("recordings brought to manage.py train_voice", "their owner's", utterances, round(minutes, 1)),
        acoustic_model=describe_model(weights, SEED),
        vocoder=base_card.vocoder if base_card is not None else describe_model(vocoder, 0),
        versions=installed_versions(),
        hearings=[Hearing(judging.NAME, HELD_OUT, rates.sentences, round(rates.after, 4))],
    )
