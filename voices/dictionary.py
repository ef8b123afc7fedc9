"""The administrator's dictionary: entries, and the lexicon that the reader takes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from voices.constraints import HANGUL, MAX_READING_CHARACTERS, MAX_WRITTEN_CHARACTERS, validate_written
from voices.synth.text import Lexicon


class DictionaryEntryQuerySet(models.QuerySet["DictionaryEntry"]):
    def for_member(self, member_id: int | None) -> Self:
        """Return the entries for all members, then those of the member, which take precedence."""
        return self.filter(Q(member=None) | Q(member=member_id)).order_by(F("member").asc(nulls_first=True), "written")

    def version(self) -> tuple[int, datetime | None]:
        """Return a value that changes whenever an entry does, by one query that is cheap enough for each request."""
        counted = self.aggregate(count=models.Count("pk"), latest=models.Max("updated_at"))
        return counted["count"], counted["latest"]


class DictionaryEntry(models.Model):
    """The reading of a name or a brand that the rules can't know."""

    written = models.CharField(_("written"), max_length=MAX_WRITTEN_CHARACTERS, validators=[validate_written])
    reading = models.CharField(
        _("reading"), max_length=MAX_READING_CHARACTERS, validators=[HANGUL], help_text=_("In Hangul.")
    )
    member = models.ForeignKey(
        "voices.Member",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="dictionary_entries",
        verbose_name=_("member"),
        help_text=_("Leave empty to read it so for all members."),
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = DictionaryEntryQuerySet.as_manager()

    class Meta:
        ordering = ["written"]
        verbose_name = _("dictionary entry")
        verbose_name_plural = _("dictionary")
        constraints = [
            models.UniqueConstraint(fields=["written", "member"], name="one_reading_per_member", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.written} → {self.reading}"


Pairs = list[tuple[str, str]]
_compiled: dict[int | None, tuple[tuple[int, datetime | None], Pairs, Lexicon]] = {}


def lexicon_for(member_id: int | None, readings: Mapping[str, str] | None = None) -> Lexicon:
    """Return the member's lexicon, compiled again only when an entry has changed.

    Each process asks the database for the version, so that an edit takes effect at the next request in every worker.
    ``readings`` (written → read) go before all entries; a lexicon with them is compiled for one text and not kept.
    """
    entries = DictionaryEntry.objects.for_member(member_id)
    version = entries.version()
    if member_id not in _compiled or _compiled[member_id][0] != version:
        pairs = list(entries.values_list("written", "reading"))
        _compiled[member_id] = version, pairs, Lexicon(pairs)
    _version, pairs, lexicon = _compiled[member_id]
    return Lexicon([*pairs, *readings.items()]) if readings else lexicon
