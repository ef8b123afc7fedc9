"""Delete what belongs to a row that is deleted: audio, the files of voices, pictures, samples."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from voices.audio_objects import own_audio_names, stray_audio_names
from voices.library.store import delete_stored
from voices.models import Member, ObjectToDelete, ReadingProposal, Voice, VoiceRequest
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
    ObjectToDelete.objects.delete_at_commit(own_audio_names(instance))
    if instance.stray_audio or instance.status == VoiceRequest.Status.PROCESSING:
        # An attempt may still be writing.
        ObjectToDelete.objects.add(stray_audio_names(instance), after=longest_attempt())


@receiver(post_delete, sender=Voice)
def delete_files(instance: Voice, **kwargs: Any) -> None:
    """Delete the imported folders of the voice that no other voice has."""
    transaction.on_commit(lambda: _delete_unused(instance))


@receiver(post_delete, sender=Member)
def delete_picture(instance: Member, **kwargs: Any) -> None:
    """Delete the member's picture, if no other member has the same."""
    transaction.on_commit(lambda: Member.forget_picture(instance.picture.name))


@receiver(post_delete, sender=ReadingProposal)
def delete_samples(instance: ReadingProposal, **kwargs: Any) -> None:
    """Delete the samples of a proposal."""
    instance.delete_samples()


def _delete_unused(instance: Voice) -> None:
    if not Voice.objects.filter(glow_tts_dir=instance.glow_tts_dir).exists():
        delete_stored(instance.glow_tts_dir)
    if not Voice.objects.filter(hifigan_dir=instance.hifigan_dir).exists():
        delete_stored(instance.hifigan_dir)
