"""The desk's statistics: charts and tables of the tallies (voices/tallies.py), by dates and member, also as CSV."""

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.timezone import get_default_timezone, localdate, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from voices.api.errors import FAILURES
from voices.choices import RejectionReason
from voices.models import Member, Tally, VoiceRequest

DAYS_SHOWN = 28
LONGEST_DAYS = 3 * 366
MOST_WORDS = 20
# A noun that is rarer could lead to who wrote it.
RAREST_NOUN = 3
# The error of a voice that made noise in place of speech, twice: the quality gate's.
CAUGHT = "voice_implausible"
# What opens a formula in spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Kind = Tally.Kind
Rows = list[tuple[str, int]]


class Table(NamedTuple):
    """One statistic: a chart, whose numbers are those of its table."""

    name: str
    title: str
    label: str
    rows: Rows
    kind: str = "bar"  # of the chart: "bar", lying "words", or "line"


class Range(forms.Form):
    since = forms.DateField(label=gettext_lazy("from"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("until"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))
    member = forms.ModelChoiceField(
        Member.objects.all(),
        label=gettext_lazy("member"),
        required=False,
        empty_label=gettext_lazy("all"),
        widget=UnfoldAdminSelectWidget,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and not timedelta(0) <= until - since < timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose at most three years, the earlier day first."), "range")
        return given


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Answer the page, or one of its tables with ``?csv=``."""
    if not admin.site._registry[VoiceRequest].has_view_permission(request):
        raise PermissionDenied
    today = localdate()
    usual = {"since": str(today - timedelta(days=DAYS_SHOWN - 1)), "until": str(today)}
    form = Range({**usual, **request.GET.dict()})
    tallies = tallies_of(**form.cleaned_data) if form.is_valid() else Tally.objects.none()
    if wanted := request.GET.get("csv"):
        if wanted not in TABLES:
            raise Http404
        return _csv(TABLES[wanted](tallies))
    context = {
        **admin.site.each_context(request),
        "title": _("Statistics"),
        "form": form,
        "figures": figures(tallies),
        "tables": [table(tallies) for table in TABLES.values()],
        "words": {
            "show": _("Show"),
            "as_csv": _("CSV"),
            "as_table": _("As a table"),
            "empty": _("Nothing yet"),
            "count": _("count"),
        },
        "query": {name: form[name].value() or "" for name in form.fields},
    }
    return TemplateResponse(request, "admin/statistics.html", context)


def tallies_of(since: date, until: date, member: Member | None = None) -> QuerySet[Tally]:
    """Return the tallies of these days, both included, by the service's clock."""
    found = Tally.objects.filter(hour__gte=_midnight(since), hour__lt=_midnight(until + timedelta(days=1)))
    return found.filter(member=member) if member else found


def figures(tallies: QuerySet[Tally]) -> list[tuple[str, str]]:
    """Return the numbers to see first, each with its name."""
    single = tallies.exclude(kind__in=[Kind.PHRASE, Kind.NOUN])
    of_kinds = single.values_list("kind").annotate(Sum("count"), Sum("total"))
    sums = {kind: (count, total) for kind, count, total in of_kinds}
    caught = tallies.filter(kind=Kind.FAILED, label=CAUGHT).aggregate(caught=Sum("count"))["caught"] or 0

    def count(kind: str) -> int:
        return int(sums.get(kind, (0, 0))[0])

    def total(kind: str) -> float:
        return float(sums.get(kind, (0, 0.0))[1])

    waited = f"{total(Kind.WAITED) / count(Kind.WAITED):.1f}" if count(Kind.WAITED) else "—"
    factor = f"{total(Kind.SPOKEN) / total(Kind.HEARD):.2f}" if total(Kind.HEARD) else "—"
    return [
        (_("Requests"), f"{count(Kind.ASKED):,}"),
        (_("Minutes spoken"), f"{total(Kind.SUCCEEDED) / 60:,.1f}"),
        (_("New listeners"), f"{count(Kind.NEW):,}"),
        (_("Returning listeners"), f"{count(Kind.RETURNING):,}"),
        (_("Mean wait (s)"), waited),
        (_("Real-time factor"), factor),
        (_("Failures"), f"{count(Kind.FAILED):,}"),
        (_("Rejections"), f"{count(Kind.REJECTED):,}"),
        (_("Noise caught by the quality gate"), f"{caught:,}"),
    ]


# --- the tables ---


def by_day(tallies: QuerySet[Tally]) -> Table:
    days = _sums(tallies.filter(kind=Kind.ASKED), day=TruncDate("hour", tzinfo=get_default_timezone()))
    return Table("days", _("Requests by day"), _("day"), [(str(day), count) for day, count in sorted(days)], "line")


def by_hour(tallies: QuerySet[Tally]) -> Table:
    found = dict(_sums(tallies.filter(kind=Kind.ASKED), of=ExtractHour("hour", tzinfo=get_default_timezone())))
    rows = [(_("%(hour)s h") % {"hour": hour}, found.get(hour, 0)) for hour in range(24)] if found else []
    return Table("hours", _("Requests by hour"), _("hour"), rows)


def by_weekday(tallies: QuerySet[Tally]) -> Table:
    found = dict(_sums(tallies.filter(kind=Kind.ASKED), of=ExtractIsoWeekDay("hour", tzinfo=get_default_timezone())))
    names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    rows = [(name, found.get(day, 0)) for day, name in enumerate(names, 1)] if found else []
    return Table("weekdays", _("Requests by weekday"), _("weekday"), rows)


def by_member(tallies: QuerySet[Tally]) -> Table:
    names = dict(Member.objects.values_list("pk", "name"))
    rows = [(names[pk], count) for pk, count in _most(tallies.filter(kind=Kind.ASKED), "member_id")]
    return Table("members", _("Requests by member"), _("member"), rows, "words")


def listeners(tallies: QuerySet[Tally]) -> Table:
    found = dict(_most(tallies.filter(kind__in=[Kind.NEW, Kind.RETURNING]), "kind"))
    rows = [(_("new"), found.get("new", 0)), (_("returning"), found.get("returning", 0))] if found else []
    return Table("listeners", _("Listeners, once a day each"), _("listeners"), rows, "words")


def phrases(tallies: QuerySet[Tally]) -> Table:
    rows = _most(tallies.filter(kind=Kind.PHRASE), "label")
    return Table("phrases", _("Suggested sentences"), _("sentence"), rows, "words")


def nouns(tallies: QuerySet[Tally]) -> Table:
    rows = [(noun, count) for noun, count in _most(tallies.filter(kind=Kind.NOUN), "label") if count >= RAREST_NOUN]
    return Table("nouns", _("Nouns"), _("noun"), rows, "words")


def failures(tallies: QuerySet[Tally]) -> Table:
    rows = [(str(FAILURES.get(code, code)), n) for code, n in _most(tallies.filter(kind=Kind.FAILED), "label")]
    return Table("failures", _("Failures by reason"), _("reason"), rows, "words")


def rejections(tallies: QuerySet[Tally]) -> Table:
    reasons = dict(RejectionReason.choices)
    rows = [(str(reasons.get(one, one)), n) for one, n in _most(tallies.filter(kind=Kind.REJECTED), "label")]
    return Table("rejections", _("Rejections by reason"), _("reason"), rows, "words")


TABLES: dict[str, Callable[[QuerySet[Tally]], Table]] = {
    "days": by_day,
    "hours": by_hour,
    "weekdays": by_weekday,
    "members": by_member,
    "listeners": listeners,
    "phrases": phrases,
    "nouns": nouns,
    "failures": failures,
    "rejections": rejections,
}


def _sums(tallies: QuerySet[Tally], **by: Any) -> Iterable[tuple[Any, int]]:
    (name,) = by
    return tallies.annotate(**by).values_list(name).annotate(Sum("count")).order_by()


def _most(tallies: QuerySet[Tally], by: str) -> list[tuple[Any, int]]:
    return list(tallies.values_list(by).annotate(times=Sum("count")).order_by("-times", by)[:MOST_WORDS])


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()), get_default_timezone())


def _csv(table: Table) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow([table.label, _("count")])
    writer.writerows((f"'{label}" if label.startswith(_FORMULA) else label, count) for label, count in table.rows)
    return answer
