"""``GET /api/members/``: the members whose voices can be asked for."""

from django.db.models import Exists, OuterRef
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets

from voices.api.serializers import ErrorSerializer, MemberSerializer
from voices.models import Member, Voice


@extend_schema_view(retrieve=extend_schema(responses={200: MemberSerializer, 404: ErrorSerializer}))
class MemberViewSet(viewsets.ReadOnlyModelViewSet[Member]):
    """List the members, or get one. ``has_voice`` tells whether speech can be asked of a member."""

    authentication_classes = ()
    serializer_class = MemberSerializer
    pagination_class = None
    queryset = Member.objects.annotate(has_voice=Exists(Voice.objects.filter(member=OuterRef("pk"), active=True)))
