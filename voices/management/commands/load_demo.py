"""Load the demo members and their voices into the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from voices.library.explain import explained_twice
from voices.library.hashes import hash_voice_files
from voices.library.manifest import ManifestMember, read_manifest
from voices.models import Consent, Member, Suggestion, Voice
from voices.pictures import read_picture
from voices.synth.errors import CheckpointError

FILES_REPLACED = "its files were replaced"
DEMO_CONSENT = "Nobody's voice: the demo members do not exist (voice_model/)"


class Command(BaseCommand):
    help = "Load the demo members of voice_model/voices.toml. Members that exist already keep what was edited."

    def handle(self, *args: Any, **options: Any) -> None:
        members = read_manifest(Path(settings.VOICE_MODEL_DIR))
        for member in members:
            try:
                load(member)
            except CheckpointError as error:
                self.stderr.write(self.style.WARNING(f"{member.name} has no voice: {explained_twice(error.problem)}"))
        self.stdout.write("Demo members: " + ", ".join(member.name for member in members))


def load(demo: ManifestMember) -> None:
    """Create the member if it is missing, and its demo voice if its files are new.

    Raises :class:`voices.synth.errors.CheckpointError` if the voice's files can't be used; the member stays.
    """
    fields = {
        "slug": demo.slug,
        "name": demo.name,
        "position": demo.position,
        "birth": demo.birth,
        "tmi": demo.tmi,
        "links": demo.links,
    }
    folder = Path(settings.VOICE_MODEL_DIR)
    with transaction.atomic():
        member, made = Member.objects.get_or_create(id=demo.id, defaults=fields)
        if made:
            _skip_id_in_sequence()
        if not member.has_profile:
            _give_profile(member, demo, folder / demo.portrait)
        if not Consent.objects.filter(member=member).exists():
            Consent.objects.create(member=member, document=DEMO_CONSENT)
    hashes = hash_voice_files(folder / demo.glow_tts_dir, folder / demo.hifigan_dir)
    voice, made = Voice.objects.get_or_create(
        member=member,
        glow_tts_sha256=hashes.glow_tts,
        hifigan_sha256=hashes.hifigan,
        mode=demo.mode,
        defaults={"glow_tts_dir": demo.glow_tts_dir, "hifigan_dir": demo.hifigan_dir, "demo": True},
    )
    # A voice whose files were replaced can't speak any more.
    same_folders = member.voices.filter(glow_tts_dir=demo.glow_tts_dir, hifigan_dir=demo.hifigan_dir)
    replaced = same_folders.exclude(glow_tts_sha256=hashes.glow_tts, hifigan_sha256=hashes.hifigan)
    for old in replaced:
        old.mark_unusable(FILES_REPLACED)
    came_back = voice.problem == FILES_REPLACED
    if came_back:
        voice.mark_usable()
    # An imported voice stays active; an older demo voice is replaced.
    if (made or came_back) and not member.voices.filter(active=True, demo=False).exists():
        voice.make_active()


def _give_profile(member: Member, demo: ManifestMember, portrait: Path) -> None:
    """Fill what a new member lacks, and one from before there were profiles."""
    for name in ("name_en", "position_en", "tmi_en", "hue", "greeting", "greeting_en"):
        setattr(member, name, getattr(demo, name))
    member.save()
    for place, suggestion in enumerate(demo.suggestions):
        Suggestion.objects.create(member=member, place=place, **suggestion)
    if portrait.exists() and not member.picture:
        with portrait.open("rb") as file:
            member.change_picture(read_picture(file))


def _skip_id_in_sequence() -> None:
    """Move the sequence past ids that were given explicitly, or the next member made in the admin would collide."""
    table = Member._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
