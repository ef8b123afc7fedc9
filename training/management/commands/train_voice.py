"""Train a member's voice from recordings."""

import importlib.util
from pathlib import Path
from typing import Any

import torch
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from training.measures.heard import HeardFile
from training.measures.judge import Judge
from training.recordings.checking import check_amount, check_recordings
from training.recordings.cutting import cut_readings
from training.recordings.fine_tuning import DemoVoice, Run, fingerprint, hold_out, judge_before_and_after, make_card
from training.recordings.messages import problem_line
from training.recordings.metadata import Recording, RecordingsError, find_list, read_metadata
from training.recordings.nearest import nearest_demo_voice
from training.recordings.script import read_scripts
from training.runs.progress import Pace
from voices.intake.card import Measured
from voices.library.card import write_card
from voices.management.commands.import_voice import import_pair, known_member
from voices.models import Member, Voice
from voices.synth import SynthError

DEFAULT_STEPS = 400
DEFAULT_VOCODER_STEPS = 800


class Command(BaseCommand):
    help = (
        "Check recordings (WAVs and a metadata.csv, name|text; or long WAVs and a script), fine-tune the nearest demo "
        "voice on them, and register the result, inactive, as the member's voice. A stopped run goes on when it is "
        "started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recordings", type=Path)
        parser.add_argument("--member", type=int, required=True, help="the member's number")
        parser.add_argument("--check-only", action="store_true", help="say what is wrong with the recordings, and stop")
        parser.add_argument(
            "--steps", type=int, default=DEFAULT_STEPS, help="of the acoustic model, about 1.6 s each on one core"
        )
        parser.add_argument(
            "--vocoder-steps", type=int, default=DEFAULT_VOCODER_STEPS, help="of the vocoder, about 0.6 s each"
        )
        parser.add_argument("--device", choices=["cpu", "cuda"], default=settings.DEVICE)

    def handle(
        self,
        recordings: Path,
        member: int,
        check_only: bool,
        steps: int,
        vocoder_steps: int,
        device: str,
        *args: Any,
        **options: Any,
    ) -> None:
        owner = known_member(member)
        judge = load_judge()
        torch.set_num_threads(1)  # with more threads than free cores, training is ten times slower
        try:
            work, usable = self.find_usable(recordings, owner, judge)
            if check_only:
                return
            voice = self.make_voice(usable, owner, work, steps, vocoder_steps, device, judge)
        except (RecordingsError, SynthError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(voice)s is registered. Listen to it in the admin, and make it active there if it is good.")
            % {"voice": voice}
        )

    def find_usable(self, folder: Path, owner: Member, judge: Judge) -> tuple[Path, list[Recording]]:
        """Return the work folder and the recordings to train on; report what is wrong with the others."""

        def work_folder(sources: list[Recording]) -> Path:
            work = Path(settings.DATA_DIR) / "training" / f"{owner.pk}-{fingerprint(sources)}"
            work.mkdir(parents=True, exist_ok=True)
            return work

        if find_list(folder):
            listed, problems = read_metadata(folder)
            work = work_folder(listed)
            heard = HeardFile(work / "heard.tsv")
        else:
            readings, problems = read_scripts(folder)
            work = work_folder([source for reading in readings for source in reading.sources])
            heard = HeardFile(work / "heard.tsv")
            listed, not_found = cut_readings(readings, work / "lines", judge, heard, self.say)
            problems += not_found
        usable = check_recordings(listed, judge, heard, self.say)
        for problem in problems:
            self.say(problem_line(problem))
        check_amount(usable, len(listed), self.say)
        return work, usable

    def make_voice(
        self,
        usable: list[Recording],
        owner: Member,
        work: Path,
        steps: int,
        vocoder_steps: int,
        device: str,
        judge: Judge,
    ) -> Voice:
        """Fine-tune the nearest demo voice, and register the result, inactive, with its card."""
        voice_model = Path(settings.VOICE_MODEL_DIR)
        nearest = nearest_demo_voice(usable, voice_model)
        if nearest is None:
            raise CommandError(_("There is no demo voice to begin with."))
        self.say(_("Nearest demo voice: %(name)s") % {"name": nearest.name})
        run = Run(DemoVoice(nearest, voice_model), work, owner.pk)
        trained_on, held = hold_out(usable)
        run.write_corpus(trained_on)
        self.say(_("Training the acoustic model (text to mel)."))
        run.train_acoustic(steps, device, self.say_pace)
        self.say(_("Training the vocoder (mel to sound)."))
        run.train_vocoder(vocoder_steps, device, self.say_pace)
        run.set_pace_and_level(held)
        rates = judge_before_and_after(run, usable, judge)
        self.say(
            _("Character error rate on %(count)d sentences not trained on: %(before).3f before, %(after).3f after")
            % {"count": rates.sentences, "before": rates.before, "after": rates.after}
        )
        measures = self.measure(run, held, judge)
        voice = import_pair(owner, run.glow_tts, run.hifigan, nearest.mode)
        write_card(make_card(owner.name, run, rates, measures), voice.glow_tts_path)
        return voice

    def measure(self, run: Run, held: list[Recording], judge: Judge) -> list[Measured]:
        """Print how voice and vocoder were before and are now, on the recordings in `held`; return it for the card."""
        if importlib.util.find_spec("pesq") is None:
            self.say(_("Sound and melody are not measured: run `make measures` first."))
            return []
        # Only in requirements/measures.txt.
        from training.measures.intervals import table
        from training.recordings.measuring import measure_run
        from training.voice.card import measured

        self.say(_("Measured on %(count)d recordings not trained on (mean and 95 %% interval):") % {"count": len(held)})
        voices, vocoders = measure_run(run, held, judge)
        self.say(f"{table(voices, with_all=False)}\n\n{table(vocoders, with_all=False)}")
        return [*measured(voices), *measured(vocoders)]

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def say_pace(self, pace: Pace) -> None:
        self.say(
            _("%(step)d of %(steps)d steps, loss %(mel).3f, about %(minutes).0f minutes left")
            % {"step": pace.step, "steps": pace.steps, "mel": pace.losses["mel"], "minutes": pace.minutes_left}
        )


def load_judge() -> Judge:
    """Load the recognizer. Raises CommandError if requirements/training.txt is not installed."""
    try:
        return Judge()
    except ImportError as error:
        raise CommandError(_("%(module)s is missing. Run `make training` first.") % {"module": error.name}) from error
