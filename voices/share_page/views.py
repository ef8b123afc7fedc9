"""``/s/{token}``: the page of a share, its audio, its card, and the reports of those who open it.

The page shows neither the request's id, by which the API would give out the audio after the share has ended, nor whose
it is. It sets no cookie, and works without scripts.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from PIL import Image
from rest_framework.request import Request

from voices.api.client_address import client_address
from voices.api.media import stored_file
from voices.api.throttles import rates
from voices.audio_objects import read_audio
from voices.models import Report, Share, VoiceRequest
from voices.share_page import card, waveform
from voices.share_page.layout import SITE, page

MOST_TITLE_CHARACTERS = 60

View = Callable[..., HttpResponse]


def unlisted(view: View) -> View:
    """Keep an answer out of search engines, caches and other sites' logs: a share can be withdrawn at any time."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return answer


@unlisted
@require_safe
def share_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was spoken, and play it; 410 if it may not be heard any more."""
    share = _share(token)
    spoken = share.heard
    if spoken is None:
        return _ended(request, share)
    member, text = spoken.member, spoken.readable_text.strip()
    until = date_format(localtime(share.expires_at), "DATE_FORMAT")
    name = member.name_in(get_language())
    title = _("%(member)s's voice") % {"member": name}
    return page(
        request,
        "page",
        member,
        spoken=spoken,
        text=text,
        title=title,
        description=_shortened(" ".join(text.split())),
        path=waveform.svg_path(_bars(spoken)),
        wave_width=waveform.BARS * waveform.SPACE,
        wave_height=waveform.HEIGHT,
        audio=reverse("share-audio", args=[token]),
        card=request.build_absolute_uri(reverse("share-card", args=[token])),
        card_width=card.WIDTH,
        card_height=card.HEIGHT,
        address=request.build_absolute_uri(),
        report=reverse("share-report", args=[token]),
        reasons=Report.Reason.choices,
        words={
            "play": _("Play"),
            "pause": _("Pause"),
            "seek": _("Position"),
            "broken": _("It can't be played right now. Try again in a little while."),
            "until": _("Can be heard until %(date)s.") % {"date": until},
            "not_real": _("%(member)s did not say this: AI made it.") % {"member": name},
            "report": _("Report"),
            "what": _("What is wrong with it?"),
        },
    )


@unlisted
@require_safe
def share_audio(request: HttpRequest, token: str) -> HttpResponse:
    """Give out the audio itself: an address of the storage would work on after the share has ended."""
    return stored_file(request, _heard(token).audio_name)


@unlisted
@require_safe
def share_card(request: HttpRequest, token: str) -> HttpResponse:
    """Show the picture for messengers."""
    spoken = _heard(token)
    key = f"card-{spoken.pk}-{get_language()}"
    picture = caches["shares"].get(key) or card.draw(
        card.Card(
            member=spoken.member.name_in(get_language()),
            hue=spoken.member.accent_hue,
            portrait=_portrait(spoken),
            text=spoken.readable_text,
            bars=_bars(spoken),
            mark=_("Speech made by AI"),
            site=SITE,
        )
    )
    caches["shares"].set(key, picture)
    return HttpResponse(picture, content_type="image/png")


# Nothing that a cookie gives a right to is done here, so no other site can misuse one.
@csrf_exempt
@unlisted
@require_POST
def share_report(request: HttpRequest, token: str) -> HttpResponse:
    """Record a report for the people who run the service."""
    share = _share(token)
    if share.heard is None:
        return _ended(request, share)
    if request.POST.get("reason") not in Report.Reason.values:
        return _notice(request, _("Choose a reason."), reverse("share", args=[token]), status=400)
    asked = Request(request)
    if not all(rate.allow_request(asked, None) for rate in rates("posts")):  # type: ignore[arg-type]  # no view of DRF's
        return _notice(request, _("That was too often within a minute."), reverse("share", args=[token]), status=429)
    Report.objects.file(share, request.POST["reason"], client_address(asked))
    return HttpResponseRedirect(reverse("share-reported", args=[token]), status=303)


@unlisted
@require_safe
def share_reported(request: HttpRequest, token: str) -> HttpResponse:
    """Thank for a report. This is a page of its own, so that loading it again sends nothing again."""
    _share(token)
    return _notice(request, _("Thank you for telling us. We will look at it."), reverse("share", args=[token]))


@require_safe
def hue_style(request: HttpRequest, hue: int) -> HttpResponse:
    """Set the accent's hue: the Content-Security-Policy allows no styles inside the page."""
    style = f":root {{ --hue: {hue % 360}; }}\n"
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse(style, content_type="text/css", headers=headers)


def _share(token: str) -> Share:
    share = Share.objects.select_related("request__member").filter(token=token).first()
    if share is None:
        raise Http404
    return share


def _heard(token: str) -> VoiceRequest:
    spoken = _share(token).heard
    if spoken is None:
        raise Http404
    return spoken


def _bars(spoken: VoiceRequest) -> list[float]:
    key = f"bars-{spoken.pk}"
    bars: list[float] | None = caches["shares"].get(key)
    if bars is None:
        try:
            bars = waveform.loudness(read_audio(spoken.audio_name))
        except (FileNotFoundError, waveform.NotSound):
            return waveform.SILENCE
        caches["shares"].set(key, bars)
    return bars


def _portrait(spoken: VoiceRequest) -> Image.Image | None:
    name = spoken.member.picture.name
    if not name:
        return None
    with default_storage.open(name) as file:
        portrait = Image.open(file)
        portrait.load()
    return portrait


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_TITLE_CHARACTERS else f"{text[: MOST_TITLE_CHARACTERS - 1].rstrip()}…"


def _ended(request: HttpRequest, share: Share) -> HttpResponse:
    """Say kindly that there is nothing to hear any more, and why."""
    if share.request is None:
        why = _("Whoever made it has deleted it.")
    elif share.withdrawn_at is None and share.request.is_audible:
        why = _("The time for which it could be heard is over.")
    else:
        why = _("It has been withdrawn.")
    return _notice(request, _("This voice can't be heard any more."), "", why, status=410)


def _notice(request: HttpRequest, title: str, back: str, why: str = "", status: int = 200) -> HttpResponse:
    return page(request, "notice", None, title=title, why=why, back=back, back_label=_("Back"), status=status)
