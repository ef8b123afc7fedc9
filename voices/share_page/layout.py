"""What the pages that the service renders itself have in common: the built page's tokens and font, and their frame."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voices.api.media import picture_url

SITE = "ForV Voices"
_STYLES = re.compile(r'<link rel="stylesheet"[^>]* href="/static/([^"]+)"')


def page(request: HttpRequest, name: str, member: Any, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with one of the templates below ``voices/share/``, in the member's colour if there is a member."""
    context |= {
        "member": member,
        "site": SITE,
        "language": get_language(),
        "mark": _("Speech made by AI"),
        "home": reverse("page"),
        "invitation": _("Hear your own words"),
        "styles": [static(path) for path in _styles_of_the_page()],
        "hue": reverse("share-hue", args=[round(member.accent_hue)]) if member else "",
        "picture": picture_url(member.picture.name) if member else "",
    }
    return render(request, f"voices/share/{name}.html", context, status=status)


def _styles_of_the_page() -> list[str]:
    """Return the paths of the built page's style sheets: its tokens and its font are this page's, too."""
    index = settings.FRONTEND_DIST / "index.html"
    return _STYLES.findall(index.read_text(encoding="utf-8")) if index.exists() else []
