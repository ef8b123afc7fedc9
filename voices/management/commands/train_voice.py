"""A folder of recordings, made a member's voice."""

import datetime
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from voices.management.commands.import_voice import import_pair, known_member
from voices.manifest import ManifestMember, read_manifest
from voices.models import Voice
from voices.recordings.metadata import Problem, Recording, RecordingsError, read_metadata
from voices.synth import SynthError, load_voice, read, synthesize
from voices.synth.checkpoint import read_voice_settings
from voices.voice_card import Data, Hearing, VoiceCard, describe_model, installed_versions, read_card, write_card

if TYPE_CHECKING:
    from voice_model.training.judge import Judge
    from voice_model.training.progress import Pace

MIN_MINUTES, FEW_MINUTES = 2.0, 8.0  # of usable recordings: refused below the first, warned below the second
DEFAULT_STEPS = 400
SEED = 0
CHARACTER_SENTENCES = ("오늘은 날씨가 참 좋네요.", "저녁은 뭐 먹을지 아직 못 정했어요.", "우리 다음 주에 만날까요?")
CHARACTER_RECORDINGS = 10


class Command(BaseCommand):
    help = (
        "Check a folder of recordings (WAVs and a metadata.csv, name|text), fine-tune the nearest demo voice on them, "
        "and register the result, inactive, as the member's voice. A stopped run goes on when it is started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recordings", type=Path)
        parser.add_argument("--member", type=int, required=True, help="the member's number")
        parser.add_argument("--check-only", action="store_true", help="say what is wrong with the recordings, and stop")
        parser.add_argument(
            "--steps", type=int, default=DEFAULT_STEPS, help="of training, about 1.6 s each on one core"
        )
        parser.add_argument("--device", choices=["cpu", "cuda"], default=settings.DEVICE)

    def handle(
        self, recordings: Path, member: int, check_only: bool, steps: int, device: str, *args: Any, **options: Any
    ) -> None:
        owner = known_member(member)
        try:
            import torch

            from voice_model.training.judge import Judge

            judge = Judge()
            torch.set_num_threads(1)  # more than there are free cores make training ten times slower
        except ImportError as error:
            raise CommandError(
                _("%(module)s is missing. Run `make training` first.") % {"module": error.name}
            ) from error
        try:
            listed, problems = read_metadata(recordings)
        except RecordingsError as error:
            raise CommandError(str(error)) from error
        work = Path(settings.DATA_DIR) / "training" / f"{owner.pk}-{fingerprint(listed)}"
        work.mkdir(parents=True, exist_ok=True)
        usable = self.check_recordings(listed, problems, judge, work / "heard.json")
        if check_only:
            return
        try:
            base = nearest_demo_voice(usable)
            self.stdout.write(_("Nearest demo voice: %(name)s") % {"name": base.name})
            minutes = self.train(usable, base, work, steps, device)
            voice = self.register(owner.pk, base, work, usable, minutes, judge)
        except SynthError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(voice)s is registered. Listen to it in the admin, and make it active there if it is good.")
            % {"voice": voice}
        )

    def check_recordings(
        self, listed: list[Recording], problems: list[Problem], judge: "Judge", heard_file: Path
    ) -> list[Recording]:
        """The recordings to learn from; says what is wrong with the others. Raises ``CommandError`` for too few."""
        from voice_model.training.judge import JUDGED_SYLLABLES
        from voices.recordings.sound import check_sound, read_samples

        heard: dict[str, str] = json.loads(heard_file.read_text(encoding="utf-8")) if heard_file.exists() else {}
        usable: list[Recording] = []
        seconds = 0.0
        for number, recording in enumerate(listed, 1):
            found = check_sound(recording)
            if not any(problem.left_out for problem in found):
                name = recording.path.name
                sample_rate = sample_rate_of(recording)
                if name not in heard and syllable_count(recording) >= JUDGED_SYLLABLES:
                    heard[name] = judge.hear(read_samples(recording.path), sample_rate)
                    replace_text(heard_file, json.dumps(heard, ensure_ascii=False))
                if name in heard:
                    found += check_text(recording, heard[name])
            for problem in found:
                self.say_problem(problem)
            if not any(problem.left_out for problem in found):
                usable.append(recording)
                seconds += len(read_samples(recording.path)) / sample_rate
            if number % 20 == 0:
                self.stdout.write(_("%(done)d of %(all)d recordings checked") % {"done": number, "all": len(listed)})
        for problem in problems:
            self.say_problem(problem)
        minutes = seconds / 60
        self.stdout.write(
            _("%(usable)d of %(all)d recordings can be used, %(minutes).1f minutes.")
            % {"usable": len(usable), "all": len(listed), "minutes": minutes}
        )
        if minutes < MIN_MINUTES:
            raise CommandError(
                _("Too little to learn a voice from: at least %(min).0f minutes.") % {"min": MIN_MINUTES}
            )
        if minutes < FEW_MINUTES:
            self.stdout.write(_("That is little; with ten minutes or more the voice gets better."))
        return usable

    def say_problem(self, problem: Problem) -> None:
        cost = _("not used") if problem.left_out else _("used all the same")
        self.stdout.write(f"{problem.file}: {problem.message} ({cost})")

    def train(self, usable: list[Recording], base: ManifestMember, work: Path, steps: int, device: str) -> float:
        """Bring the run in ``work`` to ``steps``; returns the minutes of speech that it learns from."""
        from voice_model.training.speech_corpus import load_utterances
        from voice_model.training.start_model import open_acoustic_model
        from voice_model.training.train_acoustic import train_acoustic

        glow_tts, _hifigan = folders(base)
        prepare(
            usable, work / "corpus", sample_rate=read_voice_settings(*folders(base)).acoustic_model.audio.sample_rate
        )
        config = open_acoustic_model(glow_tts).config
        utterances = load_utterances(work / "corpus", config)
        run = work / f"from-{base.id}"
        train_acoustic(utterances, run, steps, start=glow_tts, seed=SEED, device=device, on_pace=self.say_pace)
        return sum(len(utterance.waveform) for utterance in utterances) / float(config.audio.sample_rate) / 60

    def say_pace(self, pace: "Pace") -> None:
        self.stdout.write(
            _("%(step)d of %(steps)d steps, loss %(mel).3f, about %(minutes).0f minutes left")
            % {"step": pace.step, "steps": pace.steps, "mel": pace.losses["mel"], "minutes": pace.minutes_left}
        )
        self.stdout.flush()

    def register(
        self, member: int, base: ManifestMember, work: Path, usable: list[Recording], minutes: float, judge: "Judge"
    ) -> Voice:
        """Export the run, have it judged beside the voice that it began with, and register it, inactive."""
        from TTS.config import load_config

        from voice_model.training import judge as judging
        from voice_model.training.export import export

        glow_tts, hifigan = folders(base)
        files = read_voice_settings(glow_tts, hifigan)
        config = load_config(str(glow_tts / files.acoustic_model.config_name))
        made = work / "voice"
        weights = export(work / f"from-{base.id}" / "acoustic.pth", config, made, f"{member}g")
        sentences = sentences_not_in(usable)
        rates = [
            judging.voice_error_rate(load_voice(folder, hifigan, mode=base.mode), sentences, judge)
            for folder in (glow_tts, made)
        ]
        self.stdout.write(
            _("Character error rate on %(count)d sentences not trained on: %(before).3f before, %(after).3f after")
            % {"count": len(sentences), "before": rates[0], "after": rates[1]}
        )
        owner = known_member(member)
        voice = import_pair(owner, made, hifigan, base.mode)
        base_card = read_card(glow_tts)
        card = VoiceCard(
            name=owner.name,
            mode=base.mode,
            licence="its owner's",
            made_on=datetime.date.today(),
            fine_tuned_from=base.name,
            data=Data("recordings brought to manage.py train_voice", "their owner's", len(usable), round(minutes, 1)),
            acoustic_model=describe_model(weights, SEED),
            vocoder=base_card.vocoder if base_card is not None else describe_model(files.vocoder.weights, 0),
            versions=installed_versions(),
            hearings=[Hearing(judging.NAME, "held_out.txt", len(sentences), round(rates[1], 4))],
        )
        write_card(card, voice.glow_tts_path)
        return voice


def fingerprint(recordings: list[Recording]) -> str:
    """Names the recordings by what is in them, so that other ones don't go on with these ones' run."""
    digest = hashlib.sha256()
    for recording in recordings:
        digest.update(f"{recording.path.name}|{recording.text}\n".encode())
        with recording.path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def sample_rate_of(recording: Recording) -> int:
    import soundfile

    return int(soundfile.info(recording.path).samplerate)


def syllable_count(recording: Recording) -> int:
    return sum("가" <= character <= "힣" for character in read(recording.text, "spelled").text)


def check_text(recording: Recording, heard: str) -> list[Problem]:
    """Whether what the recognizer heard can be the recording's text."""
    from voice_model.training.judge import MISMATCH, letter_error_rate

    if letter_error_rate(recording.text, heard) < MISMATCH:
        return []
    return [
        Problem(recording.path.name, _("says something else than its text: “%(heard)s”") % {"heard": heard[:60]}, True)
    ]


def prepare(recordings: list[Recording], corpus: Path, sample_rate: int) -> None:
    """The recordings as a corpus folder: trimmed, at one level and ``sample_rate`` Hz, with what is said in Hangul."""
    import numpy as np
    import soundfile
    import soxr

    from voice_model.training.clean import clean
    from voice_model.training.speech_corpus import write_metadata
    from voices.recordings.sound import read_samples

    corpus.mkdir(parents=True, exist_ok=True)
    sentences = {}
    for number, recording in enumerate(recordings):
        name = f"{number:05}"
        # The last mark is how the models know that a sentence ends.
        said = " ".join(sentence.text for sentence in read(recording.text, "spelled").sentences)
        sentences[name] = said if said[-1] in ".!?" else f"{said}."
        speech = soxr.resample(read_samples(recording.path), sample_rate_of(recording), sample_rate)
        speech = clean(speech, sample_rate, np.random.default_rng(number))
        soundfile.write(corpus / f"{name}.wav", speech, sample_rate, subtype="PCM_16")
    write_metadata(corpus, sentences)


def folders(member: ManifestMember) -> tuple[Path, Path]:
    """Where the demo member's acoustic model and vocoder lie."""
    root = Path(settings.VOICE_MODEL_DIR)
    return root / member.glow_tts_dir, root / member.hifigan_dir


def nearest_demo_voice(recordings: list[Recording]) -> ManifestMember:
    """The demo member whose voice is nearest in pitch and colour. Raises ``CommandError`` where there is none."""
    import numpy as np
    import soxr

    from voices.recordings.likeness import SAMPLE_RATE, character_of
    from voices.recordings.sound import read_samples

    demo = [m for m in read_manifest(Path(settings.VOICE_MODEL_DIR)) if m.mode == "pronounced"]
    if not demo:
        raise CommandError(_("There is no demo voice to begin with."))
    spoken = [
        soxr.resample(read_samples(recording.path), sample_rate_of(recording), SAMPLE_RATE)
        for recording in recordings[:CHARACTER_RECORDINGS]
    ]
    wanted = character_of(np.concatenate(spoken), SAMPLE_RATE)

    def distance(candidate: ManifestMember) -> float:
        voice = load_voice(*folders(candidate), mode=candidate.mode)
        samples = [synthesize(voice, sentence).samples for sentence in CHARACTER_SENTENCES]
        return character_of(np.concatenate(samples), voice.sample_rate).distance(wanted)

    return min(demo, key=distance)


def sentences_not_in(recordings: list[Recording]) -> list[str]:
    """The held-out sentences that none of the recordings reads."""
    from voice_model.training.sentences import held_out_sentences, syllables

    recorded = {syllables(recording.text) for recording in recordings}
    return [sentence for sentence in held_out_sentences() if syllables(sentence) not in recorded]


def replace_text(path: Path, text: str) -> None:
    """Write a file in one go, so that a kill leaves the one before."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
