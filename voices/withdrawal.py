"""The one place that takes sound back: from then on nobody hears it, wherever it was given out."""

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from voices.audio_objects import own_audio_names
from voices.choices import Purpose, Withdrawal
from voices.models import ObjectToDelete, Share, StoredSentence, VoiceRequest, announce
from voices.webhooks.outbox import WebhookDelivery

# Objects that are deleted while the caller waits; the sweeper deletes the others.
DELETED_AT_ONCE = 100


def withdraw(requests: QuerySet[VoiceRequest], reason: Withdrawal) -> int:
    """Withdraw requests for good, in one transaction, and return how many; those withdrawn before are left as they are.

    What is not yet spoken is cancelled. The rows stay, and say why (``withdrawn_for``). Their addresses, shares and
    stored sentences end at once, no later request gets their audio, who follows them is told, and so are the webhooks
    (``voice_request.withdrawn``). Audio that no other request has is deleted from the storage after the commit; what
    the storage does not delete then, the sweeper does. It may be called within the caller's transaction.
    """
    with transaction.atomic():
        # In one order, so that two at once don't wait for each other.
        chosen = requests.filter(withdrawn_for="").order_by("pk").select_for_update(of=("self",))
        ids = list(chosen.values_list("pk", flat=True))
        withdrawn = VoiceRequest.objects.filter(pk__in=ids)
        # Before anything ends: requests that wait for the same speech must not get it.
        withdrawn.update(withdrawn_for=reason, withdrawn_at=Now())
        for request in withdrawn.filter(finished_at=None):
            request.cancel()
        Share.objects.filter(request__in=ids, withdrawn_at=None).update(withdrawn_at=Now())
        StoredSentence.objects.filter(request__in=ids).delete()
        told = withdrawn.filter(purpose=Purpose.FAN).values_list("pk", flat=True)
        WebhookDelivery.objects.enqueue_for_all("withdrawn", *told)
        announce(ids)
        names = [name for request in withdrawn.exclude(audio_name="") for name in own_audio_names(request)]
        ObjectToDelete.objects.add(names[DELETED_AT_ONCE:])
        ObjectToDelete.objects.delete_at_commit(names[:DELETED_AT_ONCE])
    return len(ids)
