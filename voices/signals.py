"""Delete what belongs to a row that is deleted: audio, the files of voices, pictures, samples."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from voices.audio_objects import public_audio_name, stray_audio_names
from voices.database import lock_until_commit
from voices.library.store import delete_stored
from voices.models import Member, ObjectToDelete, ReadingProposal, Voice, VoiceRequest
from voices.objects_to_delete import lock_name
from voices.queue import longest_attempt


@receiver(pre_delete, sender=VoiceRequest)
def read_anew(instance: VoiceRequest, **kwargs: Any) -> None:
    """Lock the row, and read which audio it has: a worker may have finished it since it was loaded."""
    with suppress(VoiceRequest.DoesNotExist):  # who else deletes it deletes its audio, too
        instance.refresh_from_db(
            fields=["status", "attempt", "audio_name", "stray_audio"],
            from_queryset=VoiceRequest.objects.select_for_update(),
        )


@receiver(post_delete, sender=VoiceRequest)
def delete_audio(instance: VoiceRequest, **kwargs: Any) -> None:
    """Delete the request's objects that no other request has."""
    names = [instance.audio_name] if instance.audio_name and not _shares_audio(instance) else []
    if instance.audio_name and (public := public_audio_name(instance)) and not _shares_public_name(instance):
        names.append(public)
    if names:
        ObjectToDelete.objects.add(names)
        transaction.on_commit(lambda: delete_now(names))
    if instance.stray_audio or instance.status == VoiceRequest.Status.PROCESSING:
        # An attempt may still be writing.
        ObjectToDelete.objects.add(stray_audio_names(instance), after=longest_attempt())


def delete_now(names: list[str]) -> None:
    """Delete objects whose rows are gone, so that a fan sees it at once; the sweeper deletes what this can't."""
    ObjectToDelete.objects.filter(name__in=names).delete_objects(at_most=len(names))


@receiver(post_delete, sender=Voice)
def delete_files(instance: Voice, **kwargs: Any) -> None:
    """Delete the imported folders of the voice that no other voice has."""
    transaction.on_commit(lambda: _delete_unused(instance))


@receiver(post_delete, sender=Member)
def delete_picture(instance: Member, **kwargs: Any) -> None:
    """Delete the member's picture, if no other member has the same."""
    transaction.on_commit(lambda: Member.forget_picture(instance.picture.name))


@receiver(post_delete, sender=ReadingProposal)
def delete_sample(instance: ReadingProposal, **kwargs: Any) -> None:
    """Delete the sample of a proposal."""
    instance.delete_sample()


def _delete_unused(instance: Voice) -> None:
    if not Voice.objects.filter(glow_tts_dir=instance.glow_tts_dir).exists():
        delete_stored(instance.glow_tts_dir)
    if not Voice.objects.filter(hifigan_dir=instance.hifigan_dir).exists():
        delete_stored(instance.hifigan_dir)


def _shares_audio(instance: VoiceRequest) -> bool:
    # Of the last two that are deleted at one moment, one must see that the other is gone.
    lock_until_commit("audio", instance.audio_name)
    return VoiceRequest.objects.filter(audio_name=instance.audio_name).exists()


def _shares_public_name(instance: VoiceRequest) -> bool:
    lock_name(public_audio_name(instance) or "")
    return VoiceRequest.objects.filter(
        client_uuid=instance.client_uuid,
        client_created_at=instance.client_created_at,
        member=instance.member_id,
        format=instance.format,
        status=VoiceRequest.Status.SUCCEEDED,
    ).exists()
