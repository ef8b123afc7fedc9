"""Who asks: the owner whose key stands in ``Authorization: Bearer …``, or nobody but an address."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_api_key.permissions import KeyParser

from voices.api.client_address import client_address
from voices.owners import Asker, Owner


class _BearerParser(KeyParser):
    keyword = "Bearer"


class OwnerAuthentication(BaseAuthentication):
    """Sets ``request.auth`` to the owner of an API key or a listener's token."""

    def authenticate(self, request: Request) -> tuple[None, Owner] | None:
        """Return the owner, or ``None`` without a key. Raises ``AuthenticationFailed`` for a key that is not valid."""
        key = self.key_of(request)
        if key is None:
            return None
        try:
            return None, Owner.objects.of_key(key)
        except Owner.DoesNotExist:
            raise AuthenticationFailed(_("This token or API key is not valid, or not any more.")) from None

    def key_of(self, request: Request) -> str | None:
        """Return what is sent as the key, whatever it is."""
        key: str | None = _BearerParser().get(request)
        return key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class OwnerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself by a metaclass
    """How the schema describes the key."""

    target_class = OwnerAuthentication
    name = "owner"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        key: dict[str, list[str]] = {self.name: []}
        return [key] if getattr(auto_schema.view, "action", "") == "list" else [key, {}]

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A listener's token, or an API key."}


def asker_of(request: Request) -> Asker:
    """Return who sent the request."""
    owner = request.auth if isinstance(request.auth, Owner) else None
    return Asker(owner, "" if owner and owner.is_api_key else client_address(request))
