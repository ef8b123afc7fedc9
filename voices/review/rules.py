"""The rules that look at a text before it is spoken: words and names that staff list, and patterns that are code."""

import re
from html import unescape
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from voices.choices import Markup, Pattern, RejectionReason, RuleEffect, RuleKind
from voices.dictionary import lexicon_for
from voices.review.folding import fold
from voices.review.patterns import find_patterns
from voices.review.words import Word, find
from voices.synth import read

if TYPE_CHECKING:
    from voices.models import VoiceRequest

# What a pattern does where no rule of staff says otherwise.
EFFECTS = {
    Pattern.RESIDENT_NUMBER: (RuleEffect.REJECT, RejectionReason.PRIVATE),
    Pattern.LIKE_RESIDENT_NUMBER: (RuleEffect.HOLD, RejectionReason.PRIVATE),
    Pattern.CARD: (RuleEffect.REJECT, RejectionReason.PRIVATE),
    Pattern.PHONE: (RuleEffect.HOLD, RejectionReason.PRIVATE),
    Pattern.ACCOUNT: (RuleEffect.HOLD, RejectionReason.PRIVATE),
    Pattern.EMAIL: (RuleEffect.HOLD, RejectionReason.PRIVATE),
    Pattern.URL: (RuleEffect.HOLD, RejectionReason.ADVERTISING),
}
MAX_FOUND_CHARACTERS = 100
_TAG = re.compile(r"<[^>]*>")


class RuleQuerySet(models.QuerySet["Rule"]):
    def for_member(self, member_id: int) -> list["Rule"]:
        """Return one rule for each word, name and pattern: the member's own goes before that for all."""
        rules = self.filter(Q(member=None) | Q(member=member_id)).order_by(F("member").asc(nulls_first=True), "pk")
        return list({(rule.kind, rule.written): rule for rule in rules}.values())

    def look_at(self, request: "VoiceRequest") -> list["RuleHit"]:
        """Return what the rules find in a request's text and in what would be said of it; nothing is stored."""
        rules = self.for_member(request.member_id)
        by_word = {
            Word(rule.written, rule.unless_words, rule.kind == RuleKind.NAME): rule
            for rule in rules
            if rule.kind != RuleKind.PATTERN and rule.effect != RuleEffect.ALLOW
        }
        by_pattern = {rule.written: rule for rule in rules if rule.kind == RuleKind.PATTERN}
        hits: dict[tuple[str, str], RuleHit] = {}
        for text in _texts_of(request):
            for word, found in find(by_word, text):
                rule = by_word[word]
                hits.setdefault((rule.kind, rule.written), _hit(request, rule.kind, rule.effect, rule.reason, found))
            for code, found in find_patterns(text):
                own = by_pattern.get(code)
                effect, reason = (own.effect, own.reason) if own else EFFECTS[Pattern(code)]
                if effect != RuleEffect.ALLOW:
                    hits.setdefault((code, ""), _hit(request, code, effect, reason, found))
        return list(hits.values())


class Rule(models.Model):
    """What is done with a text in which a word, a name or a pattern is found."""

    Kind = RuleKind
    Effect = RuleEffect

    kind = models.CharField(_("kind"), max_length=7, choices=RuleKind, default=RuleKind.WORD)
    written = models.CharField(
        _("what it looks for"),
        max_length=50,
        help_text=_(
            "A word or a name; variants such as ㅅㅂ in place of letters are found, too. Of a pattern, its code."
        ),
    )
    unless = models.CharField(
        _("where it does not count"),
        max_length=500,
        blank=True,
        help_text=_("Harmless words that hold it, with commas between them: 시발점, 시발역."),
    )
    effect = models.CharField(_("effect"), max_length=6, choices=RuleEffect, default=RuleEffect.HOLD)
    reason = models.CharField(
        _("reason that the fan is told"), max_length=8, choices=RejectionReason, default=RejectionReason.HURTFUL
    )
    member = models.ForeignKey(
        "voices.Member",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("member"),
        help_text=_("Empty: for all members. A member's own rule goes before it."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "written"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "written", "member"], name="one_rule_of_a_word", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(kind__in=RuleKind.values), name="rule_kind_is_known"),
            models.CheckConstraint(condition=Q(effect__in=RuleEffect.values), name="rule_effect_is_known"),
            models.CheckConstraint(condition=Q(reason__in=RejectionReason.values), name="rule_reason_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.written}"

    @property
    def unless_words(self) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.unless.split(",") if word.strip())

    def clean(self) -> None:
        if self.kind == RuleKind.PATTERN and self.written not in Pattern.values:
            codes = ", ".join(Pattern.values)
            raise ValidationError({"written": _("Of a pattern, one of these: %(codes)s.") % {"codes": codes}})
        if self.kind != RuleKind.PATTERN and len(fold(self.written)) < 1:
            raise ValidationError({"written": _("There is nothing in it that could be found.")})


class RuleHit(models.Model):
    """What a rule found in a request when it came; it goes with the request."""

    request = models.ForeignKey(
        "voices.VoiceRequest", models.CASCADE, related_name="rule_hits", verbose_name=_("voice request")
    )
    # `word`, `name` or the code of a pattern.
    rule = models.CharField(_("rule"), max_length=20, choices=[*RuleKind.choices[:2], *Pattern.choices])
    effect = models.CharField(_("effect"), max_length=6, choices=RuleEffect)
    reason = models.CharField(max_length=8, choices=RejectionReason)
    found = models.CharField(_("what was found"), max_length=MAX_FOUND_CHARACTERS)

    class Meta:
        verbose_name = _("rule hit")
        verbose_name_plural = _("rule hits")

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.found}"


def _hit(request: "VoiceRequest", rule: str, effect: str, reason: str, found: str) -> RuleHit:
    return RuleHit(request=request, rule=rule, effect=effect, reason=reason, found=found[:MAX_FOUND_CHARACTERS])


def _texts_of(request: "VoiceRequest") -> list[str]:
    """Return what is typed, without tags, and what would be said where that may be something else."""
    if request.markup == Markup.NONE and not request.readings:
        return [request.text]
    typed = request.text if request.markup == Markup.NONE else unescape(_TAG.sub("", request.text))
    lexicon = lexicon_for(request.member_id, request.readings)
    said = read(request.text, lexicon=lexicon, markup="ssml" if request.markup == Markup.SSML else "none")
    return [typed, said.text]
