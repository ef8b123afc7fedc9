"""Speak a sentence into a file, without database, queue or web process."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from voices.library.manifest import legacy_folders, read_manifest
from voices.synth import FORMATS, SynthError, encode, load_voice, synthesize
from voices.synth.mark import Mark


class Command(BaseCommand):
    help = "Speak a text with the voice of a member (its number in voice_model/) into a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument("--member", type=int, required=True)
        parser.add_argument("--out", type=Path, required=True, help=f"ends in .{', .'.join(FORMATS)}")
        parser.add_argument("--speed", type=float, default=1.0)
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, text: str, member: int, out: Path, speed: float, seed: int, **options: Any) -> None:
        folder = Path(settings.VOICE_MODEL_DIR)
        demo = {known.id: known for known in read_manifest(folder)}.get(member)
        glow_tts, hifigan = (demo.glow_tts_dir, demo.hifigan_dir) if demo else legacy_folders(member)
        mode = demo.mode if demo else "spelled"
        try:
            voice = load_voice(folder / glow_tts, folder / hifigan, device=settings.DEVICE, mode=mode)
            speech = synthesize(voice, text, speed=speed, seed=seed)
            audio = encode(speech.samples, speech.sample_rate, out.suffix.removeprefix("."), Mark(member=str(member)))
        except (SynthError, ValueError) as error:
            raise CommandError(str(error)) from error
        out.write_bytes(audio)
        for dropped in speech.spoken.dropped:
            self.stderr.write(f"left out at character {dropped.index + 1}: {dropped.text}")
        self.stdout.write(f"{out}: {speech.duration_seconds:.2f} s")
