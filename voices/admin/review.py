"""The review in the admin: what a row shows to decide by, the buttons that decide, and where they lead."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import format_lazy
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voices.admin.player import player
from voices.api.media import picture_url
from voices.audio_objects import AudioNotStored
from voices.choices import Pattern, RejectionReason, ReviewStatus, RuleKind
from voices.decisions import NotReviewable, approve, hold, reject
from voices.models import Report, VoiceRequest
from voices.pictures import small_of
from voices.review.state import BEFORE, UNDER_REVIEW

REPORTED = Exists(Report.objects.filter(share__request=OuterRef("pk"), handled_at=None))
MAX_NOTE_CHARACTERS = 500


class ToReview(admin.SimpleListFilter):
    """What waits for a decision: under review, or reported by somebody who opened its share."""

    title = gettext_lazy("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("review", _("to be reviewed")), ("reported", _("reported"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> QuerySet[VoiceRequest]:
        match self.value():
            case "review":
                return queryset.filter(Q(review_status__in=UNDER_REVIEW, withdrawn_for="") | REPORTED)
            case "reported":
                return queryset.filter(REPORTED)
            case _:
                return queryset


class FoundByRule(admin.SimpleListFilter):
    """What a rule has found."""

    title = gettext_lazy("rule hits")
    parameter_name = "hit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*RuleKind.choices[:2], *Pattern.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> QuerySet[VoiceRequest]:
        return queryset.filter(rule_hits__rule=self.value()).distinct() if self.value() else queryset


class ReviewPages:
    """What a `ModelAdmin` of requests shows and does for their review."""

    keys = (
        ("J", gettext_lazy("next")),
        ("K", gettext_lazy("the one before")),
        (gettext_lazy("Space"), gettext_lazy("play")),
        ("A", gettext_lazy("approve")),
        ("R", gettext_lazy("reject, then 1 to 6 for the reason")),
        ("H", gettext_lazy("hold back")),
    )
    has_change_permission: Callable[..., bool]
    message_user: Callable[..., None]

    @admin.display(description=gettext_lazy("member"), ordering="member")
    def face(self, voice_request: VoiceRequest) -> str:
        member = voice_request.member
        url = picture_url(small_of(member.picture.name)) if member.picture.name else None
        picture = format_html('<img src="{}" alt="" width="40" height="40">', url) if url else ""
        return format_html('<span class="review-face">{}<span>{}</span></span>', picture, member.name)

    @admin.display(description=gettext_lazy("what was typed, and what will be said"), ordering="text")
    def words(self, voice_request: VoiceRequest) -> str:
        """Show the text beside what is said of it, what is left out, and what the rules found."""
        said = voice_request.spoken_text
        lines: list[str] = [
            format_html(
                '<a class="review-typed" href="{}">{}</a>',
                reverse("admin:voices_voicerequest_change", args=[voice_request.pk]),
                voice_request.text[:300],
            )
        ]
        if said and said != voice_request.text:
            lines.append(format_html('<p class="review-said"><span>{}</span> {}</p>', _("Said:"), said[:300]))
        if voice_request.dropped:
            left_out = " ".join(one["text"] for one in voice_request.dropped)
            lines.append(
                format_html('<p class="review-dropped"><span>{}</span> {}</p>', _("Left out:"), left_out[:100])
            )
        lines.append(self.hits(voice_request))
        return format_html(
            '<div class="request-text" data-request="{}" data-review="{}">{}</div>',
            voice_request.pk,
            f"{voice_request.status} {voice_request.review_status} {voice_request.withdrawn_for}",
            format_html_join("", "{}", ((line,) for line in lines)),
        )

    @admin.display(description=gettext_lazy("rule hits"))
    def hits(self, voice_request: VoiceRequest) -> str:
        found = (
            (hit.effect, hit.get_rule_display(), hit.found, hit.get_effect_display())
            for hit in voice_request.rule_hits.all()
        )
        chips = format_html_join(" ", '<span class="review-hit review-{}">{}: {} ({})</span>', found)
        reported = getattr(voice_request, "is_reported", False)
        return (
            format_html("{} {}", chips, format_html('<span class="review-hit">{}</span>', _("reported")))
            if reported
            else chips
        )

    @admin.display(description=gettext_lazy("audio"))
    def listen(self, voice_request: VoiceRequest) -> str:
        return player(voice_request)

    @admin.display(description=gettext_lazy("state"), ordering="review_status")
    def state(self, voice_request: VoiceRequest) -> str:
        words = [voice_request.get_status_display()]
        if voice_request.review_status != ReviewStatus.NOT_REQUIRED:
            words.append(voice_request.get_review_status_display())
        if voice_request.review_reason:
            words.append(voice_request.get_review_reason_display())
        if voice_request.withdrawn_for and voice_request.review_status != ReviewStatus.REJECTED:
            words.append(voice_request.get_withdrawn_for_display())
        return format_html_join(mark_safe("<br>"), "{}", ((word,) for word in words))

    @admin.display(description=gettext_lazy("waiting"), ordering="queued_at")
    def waits(self, voice_request: VoiceRequest) -> str:
        """Say how long it has waited for a person, or how long ago it came."""
        since = timesince(voice_request.queued_at, timezone.now(), depth=1)
        return since if voice_request.is_under_review else _("%(time)s ago") % {"time": since}

    @admin.display(description=gettext_lazy("decision"))
    def decide(self, voice_request: VoiceRequest) -> str:
        """Return the buttons of the steps that its review allows; the form around them sends them to `decision`."""
        address = reverse("admin:voices_voicerequest_decide", args=[voice_request.pk])
        button = (
            '<button class="button desk-button" name="decision" value="{}" formaction="{}" data-key="{}">{}</button>'
        )
        steps = [
            ("approve", ReviewStatus.APPROVED, "a", _("Approve")),
            ("hold", ReviewStatus.HELD, "h", _("Hold back")),
        ]
        allowed = voice_request.review_status
        if voice_request.withdrawn_for:
            return "—"
        shown = [
            format_html(button, name, address, key, label)
            for name, to, key, label in steps
            if allowed in BEFORE[to] or (name == "approve" and getattr(voice_request, "is_reported", False))
        ]
        reasons = format_html_join(
            "",
            button,
            (
                (f"reject:{code}", address, number, f"{number}. {label}")
                for number, (code, label) in enumerate(RejectionReason.choices, 1)
            ),
        )
        refuse = format_html(
            '<details class="review-reasons"><summary class="button desk-button" data-key="r">{}</summary>{}</details>',
            _("Reject"),
            reasons,
        )
        return format_html('<div class="review-buttons">{}{}</div>', mark_safe("".join(shown)), refuse)

    def decision(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Do what a button asks for; JSON for the list's script, else back to where it was pressed."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        voice_request = get_object_or_404(VoiceRequest, pk=pk)
        said, done = self._decided(request, voice_request, request.POST.get("decision", ""))
        if request.headers.get("Accept") == "application/json":
            error = {} if done else {"error": {"code": NotReviewable.code, "message": said}}
            return JsonResponse({"said": said, **error}, status=200 if done else 409)
        self.message_user(request, said, messages.SUCCESS if done else messages.WARNING)
        return HttpResponseRedirect(reverse("admin:voices_voicerequest_change", args=[pk]))

    def _decided(self, request: HttpRequest, voice_request: VoiceRequest, decision: str) -> tuple[str, bool]:
        """Take the step, and return what to say of it and whether it was taken."""
        name, _colon, reason = decision.partition(":")
        user: Any = request.user
        try:
            if name == "approve":
                approve(voice_request, user)
                return _("Approved. Everybody may hear it now."), True
            if name == "hold":
                hold(voice_request, user)
                return _("Held back. Nobody hears it until it is approved."), True
            if name == "reject" and reason in RejectionReason.values:
                note = request.POST.get("note", "")[:MAX_NOTE_CHARACTERS]
                reject(voice_request, RejectionReason(reason), user, note)
                return _("Rejected, and taken back wherever it was given out."), True
        except NotReviewable:
            return _("Somebody else has decided that meanwhile."), False
        except AudioNotStored:
            return _("The audio could not be copied. Try again."), False
        return _("There is no such decision."), False

    @admin.action(description=gettext_lazy("Approve"), permissions=["change"])
    def approve_all(self, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> None:
        self._decide_all(request, queryset, "approve")

    @admin.action(description=gettext_lazy("Hold back"), permissions=["change"])
    def hold_all(self, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> None:
        self._decide_all(request, queryset, "hold")

    def _decide_all(self, request: HttpRequest, queryset: QuerySet[VoiceRequest], decision: str) -> None:
        chosen = list(queryset)
        done = sum(self._decided(request, voice_request, decision)[1] for voice_request in chosen)
        self.message_user(request, ngettext("%d request decided.", "%d requests decided.", done) % done)
        if left := len(chosen) - done:
            text = ngettext("%d could not be decided that way.", "%d could not be decided that way.", left) % left
            self.message_user(request, text, messages.WARNING)


def rejecting_action(reason: str, label: Any) -> Callable[..., None]:
    """Return an action of the list that rejects for one reason."""

    @admin.action(description=format_lazy(gettext_lazy("Reject: {reason}"), reason=label), permissions=["change"])
    def reject_all(admin_page: ReviewPages, request: HttpRequest, queryset: QuerySet[VoiceRequest]) -> None:
        admin_page._decide_all(request, queryset, f"reject:{reason}")

    reject_all.__name__ = f"reject_{reason}"
    return reject_all


REJECTING = [rejecting_action(code, label) for code, label in RejectionReason.choices]
