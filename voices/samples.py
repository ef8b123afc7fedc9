"""Samples that the service asks of itself, while nobody else waits: what a proposed reading sounds like."""

from typing import Any

from django.db import transaction

from voices.choices import Priority, Purpose
from voices.database import lock_until_commit
from voices.models import ReadingProposal, Voice, VoiceRequest


def ask_for_next_sample() -> VoiceRequest | None:
    """Ask a worker for one sample that is missing; ``None`` if there is none, or if requests wait."""
    with transaction.atomic():
        # Of several clusters, one at a time looks: the others then find the request in the queue.
        lock_until_commit("samples")
        if VoiceRequest.objects.queued().exists():
            return None
        return _of_a_proposal()


def _of_a_proposal() -> VoiceRequest | None:
    proposal = ReadingProposal.objects.without_sample().first()
    voice = _voice_for(proposal) if proposal else None
    if proposal is None or voice is None:
        return None
    sample = _ask(voice, proposal.sample_text, readings={proposal.written: proposal.reading})
    ReadingProposal.objects.filter(pk=proposal.pk).update(sample=sample, sampled=True)
    return sample


def _voice_for(proposal: ReadingProposal) -> Voice | None:
    """Return the voice of the proposal's member or, for all members, of the first one."""
    active = Voice.objects.filter(active=True).order_by("member_id")
    return (active.filter(member=proposal.member_id) if proposal.member_id else active).first()


def _ask(voice: Voice, text: str, **fields: Any) -> VoiceRequest:
    return VoiceRequest.objects.submit(
        member=voice.member,
        voice=voice,
        text=text,
        purpose=Purpose.SAMPLE,
        priority=Priority.BATCH,
        format=VoiceRequest.Format.MP3,
        **fields,
    )
