"""Who owns requests: a program with an API key, or a listener with a token. Both are keys of one kind.

A client's ``uuid`` is only a name: everybody may give any. What belongs to somebody (lists, deletion, idempotency keys,
names of audio) belongs to an :class:`Owner` or, for who shows no key, to the address of the network.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.crypto import KeyGenerator
from rest_framework_api_key.models import AbstractAPIKey, BaseAPIKeyManager

from voices.choices import OwnerKind, Scope

if TYPE_CHECKING:
    from voices.models import VoiceRequest

PREFIX_LENGTH = 16  # characters of a key that stand in the database as they are, to find it by
SECRET_LENGTH = 32  # letters and digits: 190 bits
_KEY = re.compile(rf"[A-Za-z0-9]{{{PREFIX_LENGTH}}}\.[A-Za-z0-9]{{{SECRET_LENGTH}}}")
UNUSED_FOR = timedelta(days=1)
DELETED_AT_ONCE = 1000


class OwnerManager(BaseAPIKeyManager):
    key_generator = KeyGenerator(PREFIX_LENGTH, SECRET_LENGTH)

    def assign_key(self, obj: AbstractAPIKey) -> str:
        """Give the owner a new key, without saving it, and return the key. Only its hash is stored."""
        key, obj.prefix, obj.hashed_key = self.key_generator.generate()
        return key

    def add_listener(self, client_uuid: str = "") -> str:
        """Make a listener and return its token.

        The first to name a uuid of the time before tokens becomes the owner of that client's requests. Until then
        everybody who knew the uuid could list and delete them.
        """
        if client_uuid and (former := self.filter(former_client(), name=client_uuid).first()):
            token = self.assign_key(former)
            if self.filter(former_client(), pk=former.pk).update(prefix=former.prefix, hashed_key=former.hashed_key):
                return token
        _listener, token = self.create_key(kind=OwnerKind.LISTENER, name=client_uuid)
        return token

    def is_form_of_key(self, key: str) -> bool:
        """Return whether the key could be one of this service's, valid or not."""
        return _KEY.fullmatch(key) is not None

    def of_key(self, key: str) -> "Owner":
        """Return the owner of a key. Raises ``Owner.DoesNotExist`` if there is none, or it is revoked or expired."""
        if not self.is_form_of_key(key):
            raise Owner.DoesNotExist
        owner = self.get_from_key(key)
        if not isinstance(owner, Owner) or owner.has_expired:
            raise Owner.DoesNotExist
        listener = owner.acts_for or owner
        if listener.revoked:
            raise Owner.DoesNotExist
        return listener

    def delete_unused_listeners(self) -> int:
        """Delete the listeners that have existed for ``UNUSED_FOR`` and own nothing, some of many. Return how many."""
        unused = self.filter(kind=OwnerKind.LISTENER, created__lt=Now() - UNUSED_FOR, requests=None, acts_for=None)
        return self.filter(pk__in=unused.values("pk")[:DELETED_AT_ONCE]).delete()[0]


class Owner(AbstractAPIKey):
    """Whoever proves by a key that requests are its own."""

    Kind = OwnerKind
    Scope = Scope

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]  # the library's id holds the hash
    prefix = models.CharField(_("beginning of the key"), max_length=PREFIX_LENGTH, unique=True, editable=False)
    hashed_key = models.CharField(max_length=150, editable=False)
    created = models.DateTimeField(_("created at"), auto_now_add=True, db_index=True)
    # An API key's is for the administrator, a listener's is the uuid that it gave.
    name = models.CharField(_("name"), max_length=100)
    revoked = models.BooleanField(_("revoked"), default=False, help_text=_("A key that is revoked stays so."))
    expiry_date = models.DateTimeField(_("expires at"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.API_KEY, editable=False)
    scope = models.CharField(_("what it may do"), max_length=5, choices=Scope, default=Scope.WRITE)
    calls_per_minute = models.PositiveIntegerField(
        _("calls per minute"), default=600, help_text=_("Of posts, previews and lists, each.")
    )
    # The key of another device of this listener, which owns what is asked for with it.
    acts_for = models.ForeignKey("self", models.CASCADE, null=True, blank=True, editable=False, related_name="devices")
    max_waiting = models.PositiveIntegerField(_("requests that may wait"), default=200)
    # Since when it is being deleted (voices/forgetting.py).
    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[OwnerManager] = OwnerManager()  # type: ignore[assignment]  # the library names its own class

    class Meta:
        ordering = ["-created"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        indexes = [
            models.Index(fields=["name"], condition=Q(hashed_key=""), name="former_client_by_name"),
            models.Index(fields=["forgotten_at"], condition=Q(forgotten_at__isnull=False), name="owner_to_forget"),
        ]

    def join(self, listener: "Owner") -> None:
        """Give all that is this listener's to another one, for which its keys act from now on."""
        # A key that both have used would be one key for two requests.
        self.requests.update(idempotency_key=None, owner=listener)
        Owner.objects.filter(acts_for=self).update(acts_for=listener)
        Owner.objects.filter(pk=self.pk).update(acts_for=listener)

    @property
    def is_api_key(self) -> bool:
        return self.kind == OwnerKind.API_KEY


class Listener(Owner):
    """A person's browser or app, with its devices, as the admin lists them."""

    class Meta:
        proxy = True
        verbose_name = _("listener")
        verbose_name_plural = _("listeners")

    def __str__(self) -> str:
        # The name is the client's own; it must not stay behind in logs.
        return f"{self._meta.verbose_name} {self.pk}"


def former_client() -> Q:
    """Match the owners that the requests of each client got when tokens came, and that have no token yet."""
    return Q(kind=OwnerKind.LISTENER, hashed_key="")


@dataclass(frozen=True)
class Asker:
    """Who asks: an owner, or who shows no key, known only by the address of the network."""

    owner: Owner | None = None
    address: str = ""  # a keyed hash; empty for API keys, and for requests that the service itself makes

    @property
    def own_requests(self) -> Q:
        return Q(owner=self.owner) if self.owner else Q(owner=None, address=self.address)

    def owns(self, request: "VoiceRequest") -> bool:
        """Return whether the request may be cancelled, retried and deleted by who asks."""
        if self.owner:
            return request.owner_id == self.owner.pk
        return request.owner_id is None and request.address == self.address != ""

    def as_fields(self) -> dict[str, Any]:
        return {"owner": self.owner, "address": self.address}


NOBODY = Asker()
