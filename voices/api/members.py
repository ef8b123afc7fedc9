"""``GET /api/members/``: the members whose voices can be asked for."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets

from voices.api.serializers import PROFILES, ErrorSerializer, MemberSerializer
from voices.models import Member


@extend_schema_view(retrieve=extend_schema(responses={200: MemberSerializer, 404: ErrorSerializer}))
class MemberViewSet(viewsets.ReadOnlyModelViewSet[Member]):
    """List the members, or get one. ``has_voice`` tells whether speech can be asked of a member."""

    authentication_classes = ()
    serializer_class = MemberSerializer
    pagination_class = None
    queryset = PROFILES
