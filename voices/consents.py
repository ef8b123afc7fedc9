"""Consent on record: which document allows a member's voice to speak, for whom, and how long.

A member's voice speaks for fans only while a consent is in force; ``FORV_SPEAK_WITHOUT_CONSENT`` says what holds for
members of whom there is none on record. Whoever changes that and whoever submits a request take turns
(:meth:`ConsentQuerySet.hold`), so that no request slips through while a consent is revoked.
"""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voices.choices import OF_FANS, ConsentScope, ConsentState, OwnerKind, Purpose
from voices.database import lock_until_commit, share_until_commit

if TYPE_CHECKING:
    from voices.models import VoiceRequest

# What fans hear; staff may try a voice before there is a consent for it, but not after one has ended.
_HEARD_BY_FANS = (*OF_FANS, Purpose.SAMPLE)


class NoConsent(Exception):
    """No consent on record allows the member's voice to speak this; nothing was written."""


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> Self:
        today = timezone.localdate()
        unended = Q(valid_until=None) | Q(valid_until__gte=today)
        return self.filter(unended, valid_from__lte=today, revoked_at=None)

    def allow(self, request: "VoiceRequest") -> bool:
        """Return whether a request may be spoken, by the voice that it has or by the member's active one."""
        own = Q(voice=request.voice_id) if request.voice_id else Q(voice__active=True)
        allowing = self.in_force().filter(Q(voice=None) | own, member=request.member_id)
        is_of_key = request.owner is not None and request.owner.kind == OwnerKind.API_KEY
        if request.purpose in OF_FANS:
            own_scope = ConsentScope.API if is_of_key else ConsentScope.PAGE
            allowing = allowing.filter(scope__in=[ConsentScope.ALL, own_scope])
        if allowing.exists():
            return True
        none_needed = settings.SPEAK_WITHOUT_CONSENT or request.purpose not in _HEARD_BY_FANS
        return none_needed and not self.filter(member=request.member_id).exists()

    def hold(self, request: "VoiceRequest") -> None:
        """Let no consent of the request's member be revoked until the transaction ends. Raises :class:`NoConsent`."""
        share_until_commit("consent", str(request.member_id))
        if not self.allow(request):
            raise NoConsent

    def state_of(self, member_id: int) -> ConsentState:
        """Return what holds for a member today."""
        own = self.filter(member=member_id)
        if own.in_force().exists():
            return ConsentState.IN_FORCE
        if own.filter(revoked_at=None, valid_from__gt=timezone.localdate()).exists():
            return ConsentState.LATER
        if own.filter(revoked_at=None).exists():
            return ConsentState.OVER
        return ConsentState.REVOKED if own.exists() else ConsentState.NONE

    def being_recalled(self) -> Self:
        """Return the revoked consents under which sound may still be given out."""
        return self.exclude(revoked_at=None).filter(recalled_at=None)


class Consent(models.Model):
    """A document by which a member allows the use of one voice, or of all that the member has."""

    Scope = ConsentScope

    member = models.ForeignKey("voices.Member", models.CASCADE, related_name="consents", verbose_name=_("member"))
    voice = models.ForeignKey(
        "voices.Voice",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("voice"),
        help_text=_("Empty: every voice that the member has, and those to come."),
    )
    document = models.CharField(
        _("document"), max_length=200, help_text=_("By which it is found: a contract's number, or where it is kept.")
    )
    scope = models.CharField(_("for whom"), max_length=4, choices=ConsentScope, default=ConsentScope.ALL)
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day. Empty: no end is agreed.")
    )
    created_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    # What was given out under it, and how much of that is withdrawn (voices/recalls.py).
    to_recall = models.PositiveIntegerField(_("to be recalled"), db_default=0, editable=False)
    recalled = models.PositiveIntegerField(_("recalled"), db_default=0, editable=False)
    recall_renewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    recalled_at = models.DateTimeField(_("recall finished at"), null=True, blank=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(
                fields=["recall_renewed_at"],
                condition=Q(revoked_at__isnull=False, recalled_at=None),
                name="consent_being_recalled",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=ConsentScope.values), name="consent_scope_is_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="consent_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(recalled_at=None) | Q(revoked_at__isnull=False), name="recalled_if_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.document}"

    def clean(self) -> None:
        if self.valid_until and self.valid_from and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("It would end before it begins.")})
        if self.voice and self.voice.member_id != self.member_id:
            raise ValidationError({"voice": _("This voice is another member's.")})

    @property
    def state(self) -> ConsentState:
        """What holds of it today."""
        today = timezone.localdate()
        if self.revoked_at:
            return ConsentState.REVOKED
        if self.valid_from > today:
            return ConsentState.LATER
        return ConsentState.OVER if self.valid_until and self.valid_until < today else ConsentState.IN_FORCE

    def mark_revoked(self) -> bool:
        """Revoke it, within the caller's transaction, once no request is just being submitted. False: it was before."""
        lock_until_commit("consent", str(self.member_id))
        own = Consent.objects.filter(pk=self.pk, revoked_at=None)
        return bool(own.update(revoked_at=Now(), recall_renewed_at=Now()))

    def others_allow(self) -> Q:
        """Return which requests other consents of the member, in force now, allow as well."""
        allowed = Q(pk__in=[])
        for other in Consent.objects.in_force().filter(member=self.member_id).exclude(pk=self.pk):
            own = Q() if other.voice is None else _spoken_by(other)
            of_key = Q(owner__kind=OwnerKind.API_KEY)
            match other.scope:
                case ConsentScope.API:
                    own &= of_key
                case ConsentScope.PAGE:
                    own &= ~of_key | Q(owner=None)
            allowed |= own if own else ~Q(pk__in=[])
        return allowed

    def covers(self) -> Q:
        """Return which requests were allowed under it."""
        return Q(member=self.member_id) & (Q() if self.voice is None else _spoken_by(self))


def _spoken_by(consent: Consent) -> Q:
    """Return the requests of the consent's voice, and those that have none yet if it is the active one."""
    assert consent.voice is not None
    own = Q(voice=consent.voice_id)
    return own | Q(voice=None) if consent.voice.active else own
