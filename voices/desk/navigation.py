"""The navigation of the desk, in the order of a manager's work."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of links that the user may open, as django-unfold's ``SIDEBAR`` takes them."""
    may_see_requests = bool(_list_of(request, "voices.voicerequest", ""))
    groups: list[dict[str, Any]] = [
        {"items": [_link(_("Home"), "admin:index", "home")]},
        {
            "title": _("To decide"),
            "items": [
                *_list_of(request, "voices.voicerequest", "graphic_eq"),
                *_list_of(request, "voices.report", "flag"),
                *_list_of(request, "voices.readingproposal", "rate_review"),
                *_list_of(request, "voices.share", "share"),
                *_list_of(request, "voices.rule", "filter_alt"),
            ],
        },
        {
            "title": _("Members and how they sound"),
            "items": [
                *_list_of(request, "voices.member", "groups"),
                *_list_of(request, "voices.voice", "record_voice_over"),
                *_list_of(request, "voices.consent", "verified_user"),
                *_list_of(request, "voices.dictionaryentry", "dictionary"),
            ],
        },
        {
            "title": _("At a glance"),
            "items": [_link(_("Statistics"), "admin:statistics", "bar_chart")] if may_see_requests else [],
        },
        {
            "title": _("Connections"),
            "items": [
                *_list_of(request, "voices.owner", "key"),
                *_list_of(request, "voices.listener", "hearing"),
                *_list_of(request, "voices.webhook", "webhook"),
                *_list_of(request, "voices.webhookdelivery", "outgoing_mail"),
            ],
        },
        {
            "title": _("People and logins"),
            "collapsible": True,
            "items": [
                *_list_of(request, "auth.user", "person"),
                *_list_of(request, "auth.group", "badge"),
                *_list_of(request, "axes.accessattempt", "lock"),
                *_list_of(request, "axes.accesslog", "login"),
                *_list_of(request, "voices.auditentry", "history"),
            ],
        },
    ]
    return [group for group in groups if group["items"]]


def _list_of(request: HttpRequest, model: str, icon: str) -> list[dict[str, Any]]:
    """Return the link to a model's list, or none if the user may not see it."""
    found = next((made for known, made in admin.site._registry.items() if known._meta.label_lower == model), None)
    if found is None or not found.has_view_permission(request):
        return []
    name = f"admin:{model.replace('.', '_')}_changelist"
    return [_link(capfirst(str(found.opts.verbose_name_plural)), name, icon)]


def _link(title: str, view: str, icon: str) -> dict[str, Any]:
    return {"title": title, "link": reverse(view), "icon": icon}
