"""A checkpoint pair from elsewhere, made a member's voice."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from voices.manifest import seed_folders
from voices.models import Member, Voice
from voices.synth import Mode, SynthError, load_voice, synthesize
from voices.synth.checkpoint import read_voice_settings
from voices.voice_files import hash_voice_files

TEST_SENTENCE = "안녕하세요, 만나서 반갑습니다."


class Command(BaseCommand):
    help = (
        "Copy a Glow-TTS and HiFi-GAN pair into the voice model folder, check it by speaking a sentence, "
        "and make it the member's voice."
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
        except SynthError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{TEST_SENTENCE}” takes {seconds:.1f} s. {member} now speaks with {voice.glow_tts_dir}.")


def known_member(number: int) -> Member:
    """The member of this number. Raises ``CommandError`` with those there are."""
    member = Member.objects.filter(pk=number).first()
    if member is None:
        known = ", ".join(f"{m.pk} {m.name}" for m in Member.objects.all()) or "none; make one in the admin"
        raise CommandError(f"There is no member {number}. Members: {known}.")
    return member


def find_pair(folder: Path, member_id: int) -> tuple[Path, Path]:
    """The acoustic model's and the vocoder's folder in one that holds both, or the seed's two."""
    glow_tts, hifigan = seed_folders(member_id)
    for pair in ((folder / glow_tts, folder / hifigan), ((folder / glow_tts).parent, (folder / hifigan).parent)):
        if all(part.is_dir() for part in pair):
            return pair
    return folder, folder


def speak_test_sentence(glow_tts: Path, hifigan: Path, mode: Mode) -> float:
    """Seconds of speech that the pair makes of the test sentence. Raises ``SynthError`` if it can't."""
    voice = load_voice(glow_tts, hifigan, device=settings.DEVICE, mode=mode)
    return synthesize(voice, TEST_SENTENCE).duration_seconds


def import_pair(member: Member, glow_tts: Path, hifigan: Path, mode: Mode) -> Voice:
    """Copy the pair below the voice model folder, under its hash, as a voice of the member, inactive if it is new."""
    hashes = hash_voice_files(glow_tts, hifigan)
    files = read_voice_settings(glow_tts, hifigan)
    copies = {
        f"glow-tts/{member.pk}-{hashes.glow_tts[:8]}": (files.acoustic_model.weights, files.acoustic_model.config_name),
        f"hifigan-v2/{member.pk}-{hashes.hifigan[:8]}": (files.vocoder.weights, files.vocoder.config_name),
    }
    for name, (weights, config_name) in copies.items():
        target = Path(settings.VOICE_MODEL_DIR) / name
        target.mkdir(parents=True, exist_ok=True)
        for path in _files_of_model(weights, config_name):
            shutil.copyfile(path, target / path.name)
    glow_tts_dir, hifigan_dir = copies
    voice, _ = Voice.objects.get_or_create(
        member=member,
        glow_tts_sha256=hashes.glow_tts,
        hifigan_sha256=hashes.hifigan,
        mode=mode,
        defaults={"glow_tts_dir": glow_tts_dir, "hifigan_dir": hifigan_dir},
    )
    return voice


def _files_of_model(weights: Path, config_name: str) -> Iterator[Path]:
    yield weights
    yield weights.with_name(config_name)
    statistics = weights.with_name(config_name.replace("config.json", "scale_stats.npy"))
    if statistics.exists():
        yield statistics
