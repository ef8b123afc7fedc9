"""Forget an owner: all that it asked for and gave out, its proposals, its keys, and the owner itself.

The keys stop at once. The rest goes a batch at a time, each one transaction, and what does not go in time, or is left
by a process that dies, goes by the task of `voices/retention.py`. What staff have put into the dictionary stays.
"""

import time

from django.db import transaction
from django.db.models.functions import Now
from django_q.tasks import async_task

from voices.models import Owner, ReadingProposal, Share, Transfer

AT_ONCE = 50  # requests in a transaction


def forget(owner: Owner, seconds: float) -> bool:
    """Forget an owner for good. False: after ``seconds`` something is left, which the queue's task deletes."""
    until = time.monotonic() + seconds
    with transaction.atomic():
        Transfer.objects.filter(listener=owner).delete()
        Owner.objects.filter(pk=owner.pk).update(revoked=True, forgotten_at=Now())
    while forget_batch(owner):
        if time.monotonic() > until:
            async_task("voices.retention.apply_next_batch")
            return False
    return True


def forget_next_batch() -> bool:
    """Delete some of what is left of an owner who is to be forgotten. False: there is none."""
    owner = Owner.objects.filter(forgotten_at__isnull=False).order_by("forgotten_at").first()
    if owner is None:
        return False
    forget_batch(owner)
    return True


def forget_batch(owner: Owner) -> bool:
    """Delete some of the owner's requests or, if there is none, what else there is. False: nothing is left."""
    with transaction.atomic():
        requests = list(owner.requests.select_for_update().order_by("pk")[:AT_ONCE])
        Share.objects.filter(request__in=requests).delete()
        for request in requests:
            request.delete()
        if not requests:
            _forget_proposals(owner)
            # Its devices go with it.
            Owner.objects.filter(pk=owner.pk).delete()
    return bool(requests)


def _forget_proposals(owner: Owner) -> None:
    """Delete the proposals that nobody else made; of others, the sentence, which was this owner's."""
    for proposal in ReadingProposal.objects.filter(owner=owner).select_related("sample", "sample_now"):
        if proposal.times == 1:
            proposal.delete()
        else:
            proposal.delete_samples()
            ReadingProposal.objects.filter(pk=proposal.pk).update(owner=None, sentence="", sampled=False)
