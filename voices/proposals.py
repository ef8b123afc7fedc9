"""Readings that fans propose for the dictionary, which staff accept or decline."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from voices.choices import ProposalStatus
from voices.constraints import HANGUL, MAX_READING_CHARACTERS, MAX_WRITTEN_CHARACTERS, validate_written
from voices.database import lock_until_commit
from voices.dictionary import DictionaryEntry
from voices.owners import Asker, Owner

if TYPE_CHECKING:
    from voices.models import Member

MAX_SENTENCE_CHARACTERS = 200
MOST_OPEN = 1000


class TooManyProposals(Exception):
    """``MOST_OPEN`` proposals wait for a decision; nothing was written."""


class ReadingProposalQuerySet(models.QuerySet["ReadingProposal"]):
    def open(self) -> Self:
        return self.filter(status=ProposalStatus.OPEN)

    def without_sample(self) -> Self:
        """Return the open proposals for which no worker has been asked to speak, the first one first."""
        return self.open().filter(sampled=False).order_by("created_at", "pk")

    def propose(
        self, asker: Asker, written: str, reading: str, member: "Member | None", sentence: str
    ) -> "ReadingProposal":
        """Record a proposal. One that was made before, by somebody else, is counted, whatever was decided of it.

        Raises :class:`TooManyProposals`.
        """
        proposed = {"written": written, "reading": reading, "member": member}
        with transaction.atomic():
            # One at a time: Postgres would log the row of a second insert, with the fan's sentence in it.
            lock_until_commit("proposal", written, reading)
            proposal = self.filter(**proposed).first()
            if proposal is None:
                if self.open().count() >= MOST_OPEN:
                    raise TooManyProposals
                return self.create(**proposed, sentence=sentence, owner=asker.owner)
            if asker.owner is None or proposal.owner_id != asker.owner.pk:
                self.filter(pk=proposal.pk).update(times=F("times") + 1)
        return proposal


class ReadingProposal(models.Model):
    """A reading that somebody used for a request of their own, and would like everybody to hear."""

    Status = ProposalStatus

    written = models.CharField(_("written"), max_length=MAX_WRITTEN_CHARACTERS, validators=[validate_written])
    reading = models.CharField(_("reading"), max_length=MAX_READING_CHARACTERS, validators=[HANGUL])
    member = models.ForeignKey(
        "voices.Member",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="reading_proposals",
        verbose_name=_("member"),
    )
    sentence = models.CharField(_("sentence"), max_length=MAX_SENTENCE_CHARACTERS, blank=True)
    owner = models.ForeignKey(Owner, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    times = models.PositiveIntegerField(_("proposed so often"), default=1)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    # Speaks the sentence with the word read as proposed.
    sample = models.ForeignKey(
        "voices.VoiceRequest", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    # Speaks it as it is read without the proposal, to compare.
    sample_now = models.ForeignKey(
        "voices.VoiceRequest", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    sampled = models.BooleanField(default=False, editable=False)

    objects = ReadingProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-times", "created_at"]
        verbose_name = _("proposed reading")
        verbose_name_plural = _("proposed readings")
        constraints = [
            models.UniqueConstraint(
                fields=["written", "reading", "member"], name="a_reading_is_proposed_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ProposalStatus.values), name="proposal_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.written} → {self.reading}"

    @property
    def sample_text(self) -> str:
        """What its samples say."""
        return self.sentence if self.written in self.sentence else self.written

    def accept(self) -> bool:
        """open → accepted: write it into the dictionary. False: it was decided before."""
        with transaction.atomic():
            if not self._decide(self.Status.ACCEPTED):
                return False
            DictionaryEntry.objects.update_or_create(
                written=self.written, member=self.member, defaults={"reading": self.reading}
            )
        return True

    def decline(self) -> bool:
        """open → declined. False: it was decided before."""
        return self._decide(self.Status.DECLINED)

    def _decide(self, status: ProposalStatus) -> bool:
        decided: dict[str, Any] = {"status": status, "decided_at": Now()}
        with transaction.atomic():
            if not ReadingProposal.objects.open().filter(pk=self.pk).update(**decided):
                return False
            self.delete_samples()
        return True

    def delete_samples(self) -> None:
        """Delete the samples and their audio, once nobody has to listen to them any more."""
        for sample in (self.sample, self.sample_now):
            if sample:
                sample.delete()
