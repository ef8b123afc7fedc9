"""What can be asked for: ``GET /v1/models`` and ``/v1/audio/voices``.

OpenAI lists its models only. The list of voices is the one that Open WebUI, Home Assistant and most others look for at
servers like this one; ``/v1/audio/models`` is Open WebUI's.
"""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from voices.api.openai.view import OpenAIView
from voices.api.serializers import MEMBERS

OWN_MODEL = "forv"
# All mean the same; OpenAI's names are for clients that let nobody choose.
MODELS = (OWN_MODEL, "tts-1", "tts-1-hd", "gpt-4o-mini-tts")
_CREATED = 1_795_564_800  # 2026-11-25, in seconds of Unix


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": OWN_MODEL}


class ModelsView(OpenAIView):
    """List the names that can be given as ``model``."""

    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": [_model(name) for name in MODELS]})


class ModelView(OpenAIView):
    """Describe one of them."""

    def get(self, request: Request, name: str) -> Response:
        if name not in MODELS:
            raise NotFound
        return Response(_model(name))


class AudioModelsView(OpenAIView):
    """List the same names, as Open WebUI asks for them."""

    def get(self, request: Request) -> Response:
        return Response({"models": [{"id": name, "name": name} for name in MODELS]})


class VoicesView(OpenAIView):
    """List the members who have a voice; a member's ``id`` here is its slug."""

    def get(self, request: Request) -> Response:
        members = MEMBERS.filter(has_voice=True)
        return Response({"voices": [{"id": member.slug, "name": member.name} for member in members]})
