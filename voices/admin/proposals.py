"""Proposed readings in the admin: listen to one, and accept it into the dictionary or decline it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from voices.admin.player import player
from voices.models import DictionaryEntry, ReadingProposal

OPEN = f"status__exact={ReadingProposal.Status.OPEN}"


@admin.register(ReadingProposal)
class ReadingProposalAdmin(ModelAdmin):
    list_display = [
        "written", "reading", "member", "what_is_said", "listen", "listen_now", "times", "status", "decide",
        "created_at",
    ]  # fmt: skip
    list_filter = ["status", "member"]
    list_select_related = ["member", "sample", "sample_now"]
    search_fields = ["written", "reading", "sentence"]
    actions = ["accept", "decline"]
    fields = [
        "written", "reading", "member", "what_is_said", "listen", "listen_now", "times", "status", "created_at",
        "decided_at",
    ]  # fmt: skip

    class Media:
        js = ["voices/desk/decide.js"]
        css = {"all": ["voices/admin.css"]}

    def get_readonly_fields(self, request: HttpRequest, obj: ReadingProposal | None = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        act = path("<int:pk>/decide/", self.admin_site.admin_view(self.act), name="voices_readingproposal_decide")
        return [act, *super().get_urls()]

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what a button in a row of the list asks for."""
        if not self._may_decide(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        proposal = get_object_or_404(ReadingProposal, pk=pk)
        done = proposal.accept() if request.POST.get("what") == "accept" else proposal.decline()
        if done:
            said = _("In the dictionary: %s") if request.POST.get("what") == "accept" else _("Declined: %s")
            self.message_user(request, said % proposal)
        else:
            self.message_user(request, _("That was decided before."), messages.WARNING)
        # The next one that is open comes up.
        return HttpResponseRedirect(f"{reverse('admin:voices_readingproposal_changelist')}?{OPEN}")

    @admin.display(description=gettext_lazy("sentence"))
    def what_is_said(self, proposal: ReadingProposal) -> str:
        return format_html('<div class="request-text">{}</div>', proposal.sample_text)

    @admin.display(description=gettext_lazy("as proposed"))
    def listen(self, proposal: ReadingProposal) -> str:
        return player(proposal.sample)

    @admin.display(description=gettext_lazy("as it is read now"))
    def listen_now(self, proposal: ReadingProposal) -> str:
        return player(proposal.sample_now)

    @admin.display(description=gettext_lazy("decision"))
    def decide(self, proposal: ReadingProposal) -> str:
        if proposal.status != ReadingProposal.Status.OPEN:
            return "—"
        # The list is one form; each button sends it to an address of its own.
        address = reverse("admin:voices_readingproposal_decide", args=[proposal.pk])
        return format_html_join(
            mark_safe(" "),
            '<button class="desk-button" name="what" value="{0}" formaction="{1}" aria-keyshortcuts="{2}">'
            "{3} ({2})</button>",
            [("accept", address, "A", _("Accept")), ("decline", address, "D", _("Decline"))],
        )

    @admin.action(description=gettext_lazy("Accept into the dictionary"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[ReadingProposal]) -> None:
        done = sum(proposal.accept() for proposal in queryset)
        self.message_user(request, ngettext("%d reading accepted.", "%d readings accepted.", done) % done)

    @admin.action(description=gettext_lazy("Decline"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[ReadingProposal]) -> None:
        done = sum(proposal.decline() for proposal in queryset)
        self.message_user(request, ngettext("%d reading declined.", "%d readings declined.", done) % done)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may accept and decline: that writes the dictionary, too."""
        return self._may_decide(request)

    def _may_decide(self, request: HttpRequest) -> bool:
        dictionary: Any = self.admin_site._registry[DictionaryEntry]
        return bool(self.has_change_permission(request) and dictionary.has_add_permission(request))
