"""What rows may hold: validators for what people type in, and constraints that the database itself enforces."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from voices.choices import (
    AudioFormat,
    Markup,
    Purpose,
    ReadingMode,
    RejectionReason,
    RequestStatus,
    ReviewStatus,
    VoiceStatus,
    Withdrawal,
)
from voices.synth.speech import MAX_SPEED, MIN_SPEED
from voices.synth.text import Lexicon, read

# Parts of object names that clients choose: nothing that could leave its folder.
SAFE_NAME = RegexValidator(
    r"\A(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9 ._:+\-]{0,99}\Z",
    _("Use letters, digits and - _ . : + only, without “..” or a slash."),
    "unsafe_name",
)
HANGUL = RegexValidator(r"\A[가-힣]+( [가-힣]+)*\Z", _("Write it in Hangul."), "not_hangul")
SPEED_RANGE = [MinValueValidator(MIN_SPEED), MaxValueValidator(MAX_SPEED)]
ONE_LINE = RegexValidator(r"\A\S(.*\S)?\Z", _("No spaces at the ends, and one line only."), "not_one_line")

MAX_WRITTEN_CHARACTERS, MAX_READING_CHARACTERS = 50, 100


def validate_written(written: str) -> None:
    """Raise ``ValidationError`` for what a reading can't be given to, such as a word of invisible characters."""
    ONE_LINE(written)
    try:
        Lexicon([(written, "가")])
    except ValueError:
        raise ValidationError(_("There is nothing in it that could be read, or too much."), "not_a_word") from None


def validate_speakable(text: str) -> None:
    """Raise ``ValidationError`` for a text with nothing in it that can be spoken."""
    if not read(text).sentences:
        raise ValidationError(_("There is nothing in the text that can be spoken."), "nothing_to_say")


VOICE_CONSTRAINTS: list[models.BaseConstraint] = [
    models.UniqueConstraint(fields=["member"], condition=Q(active=True), name="one_active_voice_per_member"),
    models.UniqueConstraint(
        fields=["member", "glow_tts_dir", "hifigan_dir", "glow_tts_sha256", "hifigan_sha256", "mode"],
        name="a_pair_is_one_voice",
    ),
    models.CheckConstraint(condition=Q(mode__in=ReadingMode.values), name="voice_mode_is_known"),
    models.CheckConstraint(condition=Q(status__in=VoiceStatus.values), name="voice_status_is_known"),
    models.CheckConstraint(condition=Q(active=False) | Q(status="usable"), name="active_voice_is_usable"),
]

VOICE_REQUEST_CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="status_is_known"),
    models.CheckConstraint(condition=Q(format__in=AudioFormat.values), name="format_is_known"),
    models.CheckConstraint(condition=Q(markup__in=Markup.values), name="markup_is_known"),
    models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="purpose_is_known"),
    models.CheckConstraint(condition=Q(speed__gte=MIN_SPEED, speed__lte=MAX_SPEED), name="speed_in_range"),
    models.CheckConstraint(
        condition=Q(status__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False)
        | Q(status__in=["queued", "processing"], finished_at__isnull=True),
        name="finished_exactly_when_terminal",
    ),
    models.CheckConstraint(
        condition=~Q(status="processing") | Q(attempt__gte=1, started_at__isnull=False, lease_expires_at__isnull=False),
        name="processing_holds_a_lease",
    ),
    models.CheckConstraint(
        condition=(Q(status="succeeded") & ~Q(audio_name="") & Q(duration_seconds__gt=0))
        | (~Q(status="succeeded") & Q(audio_name="")),
        name="audio_exactly_when_succeeded",
    ),
    models.CheckConstraint(
        condition=(Q(status="failed") & ~Q(error_code="")) | (~Q(status="failed") & Q(error_code="")),
        name="error_exactly_when_failed",
    ),
    models.CheckConstraint(
        condition=Q(sentences_total__isnull=True) | Q(sentences_done__lte=F("sentences_total")),
        name="no_more_sentences_than_there_are",
    ),
    models.CheckConstraint(condition=Q(review_status__in=ReviewStatus.values), name="review_status_is_known"),
    models.CheckConstraint(
        condition=(Q(review_status="rejected") & Q(review_reason__in=RejectionReason.values))
        | (~Q(review_status="rejected") & Q(review_reason="")),
        name="reason_exactly_when_rejected",
    ),
    models.CheckConstraint(
        condition=Q(withdrawn_for__in=Withdrawal.values, withdrawn_at__isnull=False)
        | Q(withdrawn_for="", withdrawn_at__isnull=True),
        name="withdrawn_for_a_reason",
    ),
    models.UniqueConstraint(fields=["batch", "batch_number"], name="one_line_of_each_number_of_a_batch"),
    models.UniqueConstraint(fields=["owner", "idempotency_key"], name="one_request_per_key_of_an_owner"),
    models.UniqueConstraint(
        fields=["address", "idempotency_key"], condition=Q(owner=None), name="one_request_per_key_without_owner"
    ),
]
