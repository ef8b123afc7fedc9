"""Carry a listener to another device: a code for one use, within a few minutes."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models, transaction
from django.db.models.functions import Now

from voices.choices import OwnerKind
from voices.database import lock_until_commit
from voices.owners import Owner

LASTS = timedelta(minutes=10)
CODE_BYTES = 24  # 192 bits: nobody guesses a code


class TransferOver(Exception):
    """There is no such code, or not any more."""


class TransferQuerySet(models.QuerySet["Transfer"]):
    def begin(self, listener: Owner) -> tuple[str, "Transfer"]:
        """Return a code that carries the listener to another device; only its hash is kept. The one before ends."""
        code = secrets.token_urlsafe(CODE_BYTES)
        with transaction.atomic():
            lock_until_commit("transfer", str(listener.pk))
            self.filter(listener=listener).delete()
            transfer = self.create(listener=listener, code_hash=_hash(code), expires_at=Now() + LASTS)
        transfer.refresh_from_db()
        return code, transfer

    def claim(self, code: str, merged: Owner | None = None) -> str:
        """Use a code up. Return a token of its own for the other device, which is the same listener.

        What ``merged``, the listener of that device until now, has asked for becomes the listener's, too.
        Raises :class:`TransferOver`.
        """
        with transaction.atomic():
            # One at a time: two listeners that join each other would be nobody.
            lock_until_commit("transfers")
            transfer = self.filter(code_hash=_hash(code), expires_at__gt=Now()).first()
            if transfer is None:
                raise TransferOver
            listener = transfer.listener.acts_for or transfer.listener
            transfer.delete()
            _device, token = Owner.objects.create_key(kind=OwnerKind.LISTENER, name="", acts_for=listener)
            if merged is not None and merged.pk != listener.pk:
                self.filter(listener=merged).delete()
                merged.join(listener)
        return token

    def delete_old(self) -> int:
        """Delete the codes that nobody used. Return how many."""
        return self.filter(expires_at__lt=Now()).delete()[0]


class Transfer(models.Model):
    """A code that one device shows and another one uses."""

    listener = models.OneToOneField(Owner, models.CASCADE, related_name="transfer")
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = TransferQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.listener)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
