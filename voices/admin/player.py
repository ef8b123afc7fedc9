"""The player of the admin: it plays what fans may not hear yet, or not any more, so its address is for staff only."""

from django.urls import reverse
from django.utils.html import format_html

from voices.models import VoiceRequest


def player(voice_request: VoiceRequest | None) -> str:
    """Return the HTML that plays a request; a dash if it has no audio."""
    if voice_request is None or not voice_request.audio_name or voice_request.withdrawn_for:
        return "—"
    address = reverse("admin:voices_voicerequest_audio", args=[voice_request.pk])
    return format_html('<audio class="desk-player" controls preload="none" src="{}"></audio>', address)
