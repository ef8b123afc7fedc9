"""Import a checkpoint pair as a member's voice."""

import re
from pathlib import Path
from typing import Any, get_args

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from voices.library.explain import explained_twice
from voices.library.manifest import legacy_folders
from voices.library.model_files import open_pair
from voices.models import CHECK_SENTENCE, Member, Voice
from voices.synth import Mode, SynthError, load_voice, synthesize
from voices.synth.errors import CheckpointError

# Folders of both models without a number: ours, and those of the SCE-TTS server.
PAIR_FOLDERS = (("glow-tts", "hifigan-v2"), ("glowtts-v2", "hifigan-v2"))


class Command(BaseCommand):
    help = (
        "Check a Glow-TTS and HiFi-GAN pair by speaking a sentence, keep a copy of it, and make it the member's voice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "dir", type=Path, help="holds both models, or glow-tts/ and hifigan-v2/ (with or without a number below)"
        )
        parser.add_argument("--member", type=int, required=True, help="the member's number")
        parser.add_argument(
            "--mode",
            choices=get_args(Mode),
            default="spelled",
            help="text that the voice was trained on; voices of the SCE-TTS recipe: spelled",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        member = known_member(options["member"])
        try:
            glow_tts, hifigan = find_pair(options["dir"], member.pk)
            seconds = speak_test_sentence(glow_tts, hifigan, options["mode"])
            voice = import_pair(member, glow_tts, hifigan, options["mode"])
            voice.make_active()
        except CheckpointError as error:
            raise CommandError(explained_twice(error.problem)) from error
        except SynthError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{CHECK_SENTENCE}” takes {seconds:.1f} s. {member} now speaks with {voice.glow_tts_dir}.")


def known_member(number: int) -> Member:
    """Return the member of this number. Raises ``CommandError`` that lists the members."""
    member = Member.objects.filter(pk=number).first()
    if member is None:
        known = ", ".join(f"{m.pk} {m.name}" for m in Member.objects.all()) or "none; make one in the admin"
        raise CommandError(f"There is no member {number}. Members: {known}.")
    return member


def find_pair(folder: Path, member_id: int) -> tuple[Path, Path]:
    """Return the folders of both models: the two legacy ones below `folder`, or `folder` itself for both."""
    glow_tts, hifigan = legacy_folders(member_id)
    pairs = [(glow_tts, hifigan), *PAIR_FOLDERS]
    for pair in pairs:
        if all((folder / part).is_dir() for part in pair):
            return folder / pair[0], folder / pair[1]
    if not any(re.search(r"\.pth(\.tar)?$", path.name, re.IGNORECASE) for path in folder.glob("*")):
        looked_for = ", ".join(" + ".join(pair) for pair in pairs)
        raise CheckpointError("", str(folder), "no_pair", names=looked_for)
    return folder, folder


def speak_test_sentence(glow_tts: Path, hifigan: Path, mode: Mode) -> float:
    """Let the pair speak the test sentence; returns its seconds. Raises ``SynthError`` if it can't speak."""
    voice = load_voice(glow_tts, hifigan, device=settings.DEVICE, mode=mode)
    return synthesize(voice, CHECK_SENTENCE, plausible_only=True).duration_seconds


def import_pair(member: Member, glow_tts: Path, hifigan: Path, mode: Mode) -> Voice:
    """Import a pair that is known to speak, as a voice of the member, inactive if it is new."""
    with open_pair(glow_tts, hifigan) as pair:
        return Voice.objects.import_pair(member, pair, mode, checked=True)
