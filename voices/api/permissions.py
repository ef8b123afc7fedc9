"""Who may do what: with requests their owner, with voices staff by the permissions that Django's admin gives out."""

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from voices.api.authentication import asker_of
from voices.api.errors import ApiKeyRequired, NotYours, ScopeTooSmall
from voices.choices import Scope
from voices.models import VoiceRequest

# The permission that each action of the voices' endpoints needs.
VOICE_ACTIONS = {
    "list": "voices.view_voice",
    "retrieve": "voices.view_voice",
    "create": "voices.add_voice",
    "audition": "voices.change_voice",
    "activate": "voices.change_voice",
    "roll_back": "voices.change_voice",
}


class MayUse(BasePermission):
    """Allows everybody, or API keys only where ``FORV_ANONYMOUS_USE`` is off."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        owner = asker_of(request).owner
        if not settings.ANONYMOUS_USE and not (owner and owner.is_api_key):
            raise ApiKeyRequired
        return True


class MayAsk(MayUse):
    """The same for what makes or changes something, which an API key that only reads may not."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        owner = asker_of(request).owner
        if owner and owner.scope == Scope.READ:
            raise ScopeTooSmall
        return super().has_permission(request, view)

    def has_object_permission(self, request: Request, view: APIView, obj: VoiceRequest) -> bool:
        if not asker_of(request).owns(obj):
            raise NotYours
        return True


class MayWorkOnVoices(BasePermission):
    """Allows staff what their permissions on voices allow in the admin, too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the user of `request` may call the view's action; an unknown action is refused."""
        needed = VOICE_ACTIONS.get(getattr(view, "action", None) or "")
        user = request.user
        return bool(user and user.is_staff and needed and user.has_perm(needed))
