"""Samples that the service asks of itself while nobody else waits: of greetings, and of proposed readings."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from voices.choices import Priority, Purpose
from voices.consents import NoConsent
from voices.database import lock_until_commit
from voices.models import ReadingProposal, Voice, VoiceRequest
from voices.queue import VoiceRequestQuerySet


def ask_for_next_sample() -> VoiceRequest | None:
    """Ask a worker for one sample that is missing; ``None`` if there is none, or if requests wait."""
    with transaction.atomic():
        # Of several clusters, one at a time looks: the others then find the request in the queue.
        lock_until_commit("samples")
        if VoiceRequest.objects.queued().exists():
            return None
        return _of_a_member() or _of_a_proposal()


def greetings_of(member: OuterRef | int) -> VoiceRequestQuerySet:
    """Return the requests for a member's greeting, as it is now, in the voice that it has now."""
    asked = VoiceRequest.objects.filter(purpose=Purpose.SAMPLE, readings={}, member=member)
    return asked.filter(voice__active=True, text=F("member__greeting"))


def delete_old_greetings() -> None:
    """Delete the samples of greetings and voices that members have no more."""
    compared = ReadingProposal.objects.filter(sample_now=OuterRef("pk"))
    asked = VoiceRequest.objects.filter(~Exists(compared), purpose=Purpose.SAMPLE, readings={})
    for old in asked.exclude(voice__active=True, text=F("member__greeting")):
        old.delete()


def _of_a_member() -> VoiceRequest | None:
    """Ask for the greeting of a member whose voice or greeting is new. One that failed is not tried again."""
    voices = Voice.objects.filter(active=True).exclude(member__greeting="").order_by("member_id")
    for voice in voices.exclude(Exists(greetings_of(OuterRef("member")))).select_related("member"):
        if sample := _ask(voice, voice.member.greeting):
            return sample
    return None


def _of_a_proposal() -> VoiceRequest | None:
    proposal = ReadingProposal.objects.without_sample().first()
    voice = _voice_for(proposal) if proposal else None
    if proposal is None or voice is None:
        return None
    sample = _ask(voice, proposal.sample_text, readings={proposal.written: proposal.reading})
    now = _ask(voice, proposal.sample_text)
    ReadingProposal.objects.filter(pk=proposal.pk).update(sample=sample, sample_now=now, sampled=True)
    return sample


def _voice_for(proposal: ReadingProposal) -> Voice | None:
    """Return the voice of the proposal's member or, for all members, of the first one."""
    active = Voice.objects.filter(active=True).order_by("member_id")
    return (active.filter(member=proposal.member_id) if proposal.member_id else active).first()


def _ask(voice: Voice, text: str, **fields: Any) -> VoiceRequest | None:
    """Ask for a sample; ``None`` if no consent allows it."""
    try:
        return VoiceRequest.objects.submit(
            member=voice.member,
            voice=voice,
            text=text,
            purpose=Purpose.SAMPLE,
            priority=Priority.BATCH,
            format=VoiceRequest.Format.MP3,
            **fields,
        )
    except NoConsent:
        return None
