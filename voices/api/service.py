"""``GET /api/``: that the API is there, and what a client must know beforehand."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.serializers import ServiceSerializer


class AliveView(APIView):
    """Say that the service is up, as ``GET /`` of the Flask server did, and name its limits."""

    authentication_classes = ()

    @extend_schema(responses=ServiceSerializer)
    def get(self, request: Request) -> Response:
        return Response({"result": "hello world!", "max_text_characters": settings.MAX_TEXT_CHARACTERS})
