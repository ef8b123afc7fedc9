"""Who may do what with voices: staff, by the permissions that Django's admin gives out."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

# The permission that each action of the voices' endpoints needs.
VOICE_ACTIONS = {
    "list": "voices.view_voice",
    "retrieve": "voices.view_voice",
    "create": "voices.add_voice",
    "audition": "voices.change_voice",
    "activate": "voices.change_voice",
    "roll_back": "voices.change_voice",
}


class MayWorkOnVoices(BasePermission):
    """Allows staff what their permissions on voices allow in the admin, too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the user of `request` may call the view's action; an unknown action is refused."""
        needed = VOICE_ACTIONS.get(getattr(view, "action", None) or "")
        user = request.user
        return bool(user and user.is_staff and needed and user.has_perm(needed))
