"""A member gets another voice while a worker speaks with the earlier one."""

from pathlib import Path

from django.core.management import call_command

from testing.factories import reloaded
from testing.tiny_voice import write_tiny_voice
from tests.chaos.world import World, alive, ask
from voices.models import Member, Voice, VoiceRequest


def import_another_voice(member: Member, folder: Path) -> None:
    """Write a tiny voice with other weights than the first; they depend on its number."""
    number = member.pk + 2
    write_tiny_voice(folder, number)
    for part in ("glow-tts", "hifigan-v2"):
        (folder / part / str(number)).rename(folder / part / str(member.pk))
    call_command("import_voice", folder, member=member.pk, mode="pronounced")


def test_what_was_begun_ends_with_the_voice_it_began_with(
    world: World, member: Member, tmp_path: Path, imported_voices_dir: Path
) -> None:
    member.voices.get().make_active()  # so that there is a voice to roll back to
    cluster = world.cluster(FORV_BROUGHT_VOICES_DIR=str(imported_voices_dir))
    (before,) = world.ended(ask(member))
    old_voice = Voice.objects.get(member=member, active=True)

    interrupted = ask(member, "안녕하세요. [sleep 10 once] [error once]")
    waiting = ask(member)
    world.speaking(interrupted)
    import_another_voice(member, tmp_path)
    new_voice = Voice.objects.get(member=member, active=True)
    assert new_voice != old_voice
    assert reloaded(interrupted).status == VoiceRequest.Status.PROCESSING

    begun_before, after = world.ended(interrupted, waiting)
    assert begun_before.attempt == 2
    assert begun_before.voice == old_voice
    assert world.sounds_like(begun_before, before)
    assert after.voice == new_voice
    assert not world.sounds_like(after, before)

    member.roll_back()
    (again,) = world.ended(ask(member))
    assert again.voice == old_voice
    assert world.sounds_like(again, before)
    assert all(alive(worker) for worker in cluster.workers), "a worker was restarted"
