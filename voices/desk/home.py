"""The desk's home page: what waits for somebody, each with a link to where it is decided."""

from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from voices.clusters import Cluster
from voices.models import Member, ReadingProposal, Report, VoiceRequest
from voices.review.state import UNDER_REVIEW


class Card(NamedTuple):
    """A number to know first; ``urgent`` if somebody should act on it."""

    title: str
    value: int | str
    link: str
    urgent: bool = False


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the cards that the user may see to the context, as django-unfold's ``DASHBOARD_CALLBACK``."""
    sections = []
    if _may_see(request, VoiceRequest):
        sections = [(_("To decide"), _to_decide(request)), (_("The service today"), _today())]
    nothing = _("You may see nothing here yet. Ask for a role.")
    return {**context, "title": _("Home"), "sections": sections, "nothing": nothing}


def _to_decide(request: HttpRequest) -> list[Card]:
    under_review = VoiceRequest.objects.filter(review_status__in=UNDER_REVIEW, withdrawn_for="").count()
    cards = [
        Card(_("To be reviewed"), under_review, _requests(review_status__in=",".join(UNDER_REVIEW)), under_review > 0)
    ]
    if _may_see(request, Report):
        reports = Report.objects.filter(handled_at=None).count()
        cards.append(Card(_("Reports"), reports, _list_of(Report, handled_at__isempty=1), reports > 0))
    if _may_see(request, ReadingProposal):
        proposals = ReadingProposal.objects.filter(status=ReadingProposal.Status.OPEN).count()
        cards.append(
            Card(_("Proposed readings"), proposals, _list_of(ReadingProposal, status__exact="open"), proposals > 0)
        )
    return cards


def _today() -> list[Card]:
    fans = VoiceRequest.objects.filter(purpose=VoiceRequest.Purpose.FAN)
    midnight = localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    a_day_ago = now() - timedelta(days=1)
    today = fans.filter(queued_at__gte=midnight)
    made = today.filter(status=VoiceRequest.Status.SUCCEEDED).count()
    failed = fans.filter(queued_at__gte=a_day_ago, status=VoiceRequest.Status.FAILED).count()
    waiting = VoiceRequest.objects.queued().count()
    workers = Cluster.objects.count_workers()
    asked_most = today.order_by().values("member").annotate(times=Count("pk")).order_by("-times").first()
    member = Member.objects.filter(pk=asked_most["member"]).first() if asked_most else None
    since = {"queued_at__gte": midnight.isoformat(), "purpose__exact": "fan"}
    return [
        Card(_("Made today"), made, _requests(status__exact="succeeded", **since)),
        Card(
            _("Failed in the last day"),
            failed,
            _requests(status__exact="failed", purpose__exact="fan", queued_at__gte=a_day_ago.isoformat()),
            failed > 0,
        ),
        Card(_("Waiting in the queue"), waiting, _requests(status__exact="queued")),
        Card(_("Workers"), workers or _("away"), _requests(status__exact="queued"), not workers),
        Card(
            _("Asked most today"),
            str(member) if member else "—",
            _requests(**since, **({"member__id__exact": member.pk} if member else {})),
        ),
    ]


def _requests(**filters: Any) -> str:
    return _list_of(VoiceRequest, **filters)


def _list_of(model: type[Model], **filters: Any) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return f"{reverse(name)}?{urlencode(filters)}"


def _may_see(request: HttpRequest, model: type[Model]) -> bool:
    return bool(admin.site._registry[model].has_view_permission(request))
