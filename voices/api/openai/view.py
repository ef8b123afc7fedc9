"""What the views below ``/v1/`` have in common."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.authentication import OwnerAuthentication
from voices.api.errors import not_found_json
from voices.api.exception_handler import exception_handler
from voices.api.openai_errors import openai_shape
from voices.api.renderers import JsonForAll
from voices.owners import Owner


class OpenAIAuthentication(OwnerAuthentication):
    """Takes this service's keys and tokens as elsewhere, and any other key for none.

    OpenAI's clients insist on a key, so they are given just any for a server that needs none. A key of ours that is not
    valid any more is refused: its owner must notice.
    """

    def authenticate(self, request: Request) -> tuple[None, Owner] | None:
        key = self.key_of(request)
        return super().authenticate(request) if key is not None and Owner.objects.is_form_of_key(key) else None


class OpenAIView(APIView):
    authentication_classes = [OpenAIAuthentication]
    schema = None  # OpenAI documents these addresses, docs/openai.md what is different here
    content_negotiation_class = JsonForAll

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return _handle


def _handle(error: Exception, context: dict[str, Any]) -> Response:
    response = exception_handler(error, context)
    response.data = openai_shape(response.data, response.status_code)
    return response


def no_such_address(request: HttpRequest, rest: str) -> JsonResponse:
    return JsonResponse(openai_shape(not_found_json(), 404), status=404)


no_such_address.csrf_exempt = True  # type: ignore[attr-defined]
