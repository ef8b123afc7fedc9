"""``/verify``: the page on which anybody finds out whether a sound file was made by this service."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.request import Request

from voices.api.throttles import rates
from voices.api.verifications import SOUND_REFUSALS, verify_upload
from voices.intake.sound import SoundRefused
from voices.models import Member
from voices.share_page.layout import page
from voices.verification import Verdict


# Nothing that a cookie gives a right to is done here, so no other site can misuse one.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """Show the form; with a file, say what was found out."""
    if request.method != "POST":
        return _answer(request)
    asked = Request(request)
    if not all(rate.allow_request(asked, None) for rate in rates("verifications")):  # type: ignore[arg-type]  # no view of DRF's
        return _answer(request, problem=_("That was too often within a minute."), status=429)
    file = request.FILES.get("file")
    if file is None:
        return _answer(request, problem=_("Choose a file first."), status=400)
    try:
        verdict = verify_upload(file)
    except SoundRefused as refused:
        return _answer(request, problem=str(SOUND_REFUSALS[refused.code]), status=400)
    return _answer(request, verdict=verdict)


def _answer(request: HttpRequest, verdict: Verdict | None = None, problem: str = "", status: int = 200) -> HttpResponse:
    response = page(
        request,
        "verify",
        None,
        status=status,
        title=_("Did we make this voice?"),
        explanation=_("Choose a sound file. We tell you whether AI made it here. The file is not kept."),
        action=reverse("verify"),
        choose=_("Sound file"),
        ask=_("Find out"),
        problem=problem,
        verdict=verdict,
        found=_found(verdict) if verdict else [],
    )
    response["Cache-Control"] = "no-store"
    return response


def _found(verdict: Verdict) -> list[str]:
    """Return a sentence for each origin: whose voice it is, and when it was made."""
    members = {member.slug: member for member in Member.objects.filter(slug__in=[o.member for o in verdict.origins])}
    sentences = []
    for origin in verdict.origins:
        member = members.get(origin.member)
        name = member.name_in(get_language()) if member else origin.member
        when = date_format(localtime(origin.made_at), "DATETIME_FORMAT")
        sentences.append(_("AI made it in the voice of %(member)s on %(date)s.") % {"member": name, "date": when})
    return sentences
