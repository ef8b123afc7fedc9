"""Lock logins out after wrong passwords, with django-axes: by name and address, and by address alone.

An address is the client's network as the API's limits know it (voices/api/client_address.py). What is kept of a failure
is who tried, from where and when; rows end with the lockout, and logins are kept for 90 days.
"""

import math
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.throttling import BaseThrottle

from voices.api.client_address import client_network

# Wrong passwords from one address, whatever the names; several of the staff may share one.
FAILURES_OF_ADDRESS = 50
KEPT_DAYS = 90


def address_of(request: HttpRequest) -> str:
    """Return the address of the client's network; the proxies of ``FORV_TRUSTED_PROXIES`` are believed."""
    given: Any = request  # DRF's function reads nothing but META
    return client_network(BaseThrottle().get_ident(given) or "").partition("/")[0]


class LockoutHandler(AxesDatabaseHandler):
    """Keeps the failures in the database, so that all web processes know of them."""

    def is_locked(self, request: Any, credentials: Any = None) -> bool:
        return super().is_locked(request, credentials) or _failures_from(request) >= FAILURES_OF_ADDRESS

    def user_login_failed(self, sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
        super().user_login_failed(sender, credentials, request, **kwargs)
        # What else was posted is nobody's business, and would grow with each failure.
        AccessAttempt.objects.filter(ip_address=request.axes_ip_address).exclude(get_data="", post_data="").update(
            get_data="", post_data=""
        )

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        super().user_logged_in(sender, request, user, **kwargs)
        self.reset_logs(age_days=KEPT_DAYS)


def locked_out(request: Any, *args: Any) -> HttpResponse:
    """Answer 429 with the time until the next attempt, on a page in the visitor's language."""
    seconds = _seconds_left(request)
    minutes = math.ceil(seconds / 60)
    shown = {
        **admin.site.each_context(request),
        "title": _("Too many wrong passwords"),
        "message": ngettext("Try again in %(minutes)s minute.", "Try again in %(minutes)s minutes.", minutes)
        % {"minutes": minutes},
    }
    page = render(request, "admin/locked_out.html", shown, status=429)
    page["Retry-After"] = str(seconds)
    return page


def _failures_from(request: Any) -> int:
    failures = AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address, attempt_time__gte=now() - settings.AXES_COOLOFF_TIME
    )
    return failures.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def _seconds_left(request: Any) -> int:
    """Return how long the lockout still lasts, from 1 s on."""
    of_client = Q(ip_address=request.axes_ip_address)
    if _failures_from(request) < FAILURES_OF_ADDRESS:
        of_client &= Q(username=get_client_username(request, request.axes_credentials))
    latest = AccessAttempt.objects.filter(of_client).aggregate(latest=Max("attempt_time"))["latest"]
    left = (latest + settings.AXES_COOLOFF_TIME - now()).total_seconds() if latest else 0
    return max(1, math.ceil(left))
