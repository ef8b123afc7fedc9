"""Delete the audio of deleted requests."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from voices.audio_objects import public_audio_name, stray_audio_names
from voices.models import VoiceRequest


@receiver(post_delete, sender=VoiceRequest)
def delete_audio(instance: VoiceRequest, **kwargs: Any) -> None:
    """Delete the request's objects; the public copy only if no other request has the same public name."""
    names = [instance.audio_name] if instance.audio_name else []
    names += stray_audio_names(instance) if instance.stray_audio else []
    if instance.audio_name and (public := public_audio_name(instance)) and not _shares_public_name(instance):
        names.append(public)
    for name in names:
        transaction.on_commit(lambda name=name: default_storage.delete(name))  # type: ignore[misc]


def _shares_public_name(instance: VoiceRequest) -> bool:
    return VoiceRequest.objects.filter(
        client_uuid=instance.client_uuid,
        client_created_at=instance.client_created_at,
        member=instance.member_id,
        format=instance.format,
        status=VoiceRequest.Status.SUCCEEDED,
    ).exists()
