"""Delete what belongs to a row that is deleted: audio, the files of voices, pictures, samples."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from voices.audio_objects import public_audio_name, stray_audio_names
from voices.database import lock_until_commit
from voices.library.store import delete_stored
from voices.models import Member, ReadingProposal, Voice, VoiceRequest


@receiver(post_delete, sender=VoiceRequest)
def delete_audio(instance: VoiceRequest, **kwargs: Any) -> None:
    """Delete the request's objects that no other request has."""
    names = [instance.audio_name] if instance.audio_name and not _shares_audio(instance) else []
    names += stray_audio_names(instance) if instance.stray_audio else []
    if instance.audio_name and (public := public_audio_name(instance)) and not _shares_public_name(instance):
        names.append(public)
    for name in names:
        transaction.on_commit(lambda name=name: default_storage.delete(name))  # type: ignore[misc]


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
    return VoiceRequest.objects.filter(
        client_uuid=instance.client_uuid,
        client_created_at=instance.client_created_at,
        member=instance.member_id,
        format=instance.format,
        status=VoiceRequest.Status.SUCCEEDED,
    ).exists()
