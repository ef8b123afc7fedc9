"""Members, their voices, and what is asked of them.

Each status change of a :class:`VoiceRequest` is one method here, and each is a single conditional
UPDATE: whoever comes too late changes nothing and learns so from the answer.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from voices.library.card import VoiceCard, read_card
from voices.library.store import KeptPair
from voices.synth.errors import CheckpointError
from voices.webhooks.outbox import Webhook as Webhook
from voices.webhooks.outbox import WebhookDelivery

# Client-given parts of an object name: nothing that could leave its folder.
SAFE_NAME = RegexValidator(
    r"\A(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9 ._:+\-]{0,99}\Z",
    _("Use letters, digits and - _ . : + only, without “..” or a slash."),
    "unsafe_name",
)
HANGUL = RegexValidator(r"\A[가-힣]+( [가-힣]+)*\Z", _("Write it in Hangul."), "not_hangul")
ONE_LINE = RegexValidator(r"\A\S(.*\S)?\Z", _("No spaces at the ends, and one line only."), "not_one_line")
# NOTIFY on this channel carries the id of a request whose row has changed.
CHANGED_CHANNEL = "voice_request_changed"
MIN_SPEED, MAX_SPEED = 0.5, 2.0
CHECK_SENTENCE = "안녕하세요, 만나서 반갑습니다."
# Longer than most requests take, so that in a full queue each client's first comes before anybody's second.
BETWEEN_TURNS = timedelta(minutes=1)
SECONDS_UNTIL_KNOWN = 1.0  # what a request is taken to need before any has been spoken
MOST_TRIES_SHOWN = 20
_DIED = "The worker died at each attempt."


class Member(models.Model):
    """An artist whose voice fans ask for."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address name"), max_length=100, unique=True)
    birth = models.DateField(_("birth"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=100, blank=True)
    tmi = models.TextField(_("TMI"), blank=True, help_text=_("Little facts that fans like to know."))
    links = models.JSONField(_("links"), default=dict, blank=True, help_text=_("Name → address."))
    picture = models.ImageField(_("picture"), upload_to="member_pictures/", blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.name

    def voice_before(self) -> "Voice | None":
        """The usable voice that was the member's before the one that is."""
        had = self.voices.filter(activated_at__isnull=False, status=Voice.Status.USABLE, active=False)
        now = self.voices.filter(active=True).first()
        if now is not None and now.activated_at is not None:
            had = had.filter(activated_at__lt=now.activated_at)
        return had.order_by("-activated_at").first()

    def roll_back(self) -> "Voice":
        """Go back to the voice before; again, and it is the one before that. Raises :class:`NoVoiceBefore`."""
        with transaction.atomic():
            Member.objects.select_for_update(no_key=True).get(pk=self.pk)
            before = self.voice_before()
            if before is None:
                raise NoVoiceBefore
            before.restore()
        return before


class VoiceNotUsable(Exception):
    """The voice has not passed its check, so it can't speak for anybody."""


class NoVoiceBefore(Exception):
    """There is no usable voice that the member had before."""


class VoiceQuerySet(models.QuerySet["Voice"]):
    def bring(self, member: Member, pair: KeptPair, mode: str) -> "Voice":
        """A pair whose files are kept, as a voice that a worker is to check; the same pair again is the same voice.

        Row and request are written both or neither. Raises :class:`QueueFull`.
        """
        with transaction.atomic():
            voice, made = self.get_or_create(
                member=member, mode=mode, **pair._asdict(), defaults={"status": Voice.Status.CHECKING}
            )
            if made or voice.status == Voice.Status.UNUSABLE:
                voice.check_again()
        return voice


class Voice(models.Model):
    """A checkpoint pair that speaks as a member."""

    class Status(models.TextChoices):
        CHECKING = "checking", _("being checked")
        USABLE = "usable", _("usable")
        UNUSABLE = "unusable", _("unusable")

    class Mode(models.TextChoices):
        SPELLED = "spelled", _("trained on text as spelled")
        PRONOUNCED = "pronounced", _("trained on text as pronounced")

    member = models.ForeignKey(Member, models.CASCADE, related_name="voices", verbose_name=_("member"))
    glow_tts_dir = models.CharField(
        _("acoustic model folder"), max_length=255, help_text=_("Below the voice model folder.")
    )
    hifigan_dir = models.CharField(_("vocoder folder"), max_length=255)
    glow_tts_sha256 = models.CharField(_("acoustic model SHA-256"), max_length=64)
    hifigan_sha256 = models.CharField(_("vocoder SHA-256"), max_length=64)
    mode = models.CharField(_("reading mode"), max_length=10, choices=Mode)
    active = models.BooleanField(_("active"), default=False)
    demo = models.BooleanField(_("demo"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    activated_at = models.DateTimeField(_("made the member's voice at"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, db_default=Status.USABLE)
    problem = models.TextField(_("what is wrong"), blank=True, db_default="")
    # Codes of voices.library.check.WARNINGS.
    warnings = models.JSONField(_("warnings"), default=list, blank=True, db_default=[])

    objects = VoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(active=True), name="one_active_voice_per_member"),
            models.UniqueConstraint(
                fields=["member", "glow_tts_dir", "hifigan_dir", "glow_tts_sha256", "hifigan_sha256", "mode"],
                name="a_pair_is_one_voice",
            ),
            models.CheckConstraint(condition=Q(mode__in=["spelled", "pronounced"]), name="voice_mode_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=["checking", "usable", "unusable"]), name="voice_status_is_known"
            ),
            models.CheckConstraint(condition=Q(active=False) | Q(status="usable"), name="active_voice_is_usable"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.glow_tts_dir} + {self.hifigan_dir}"

    @property
    def glow_tts_path(self) -> Path:
        return _voice_folder(self.glow_tts_dir)

    @property
    def hifigan_path(self) -> Path:
        return _voice_folder(self.hifigan_dir)

    @property
    def card(self) -> VoiceCard | None:
        """What it was made of, where a card that can be read says so."""
        try:
            return read_card(self.glow_tts_path)
        except CheckpointError:
            return None

    @property
    def auditions(self) -> models.QuerySet["VoiceRequest"]:
        """What this voice has been asked to say before fans hear it, the latest first."""
        return self.requests.exclude(purpose=VoiceRequest.Purpose.FAN)

    def make_active(self) -> None:
        """Speak as the member from the next request on, in place of the voice that did.

        Requests that have been begun end with the voice they began with. Raises :class:`VoiceNotUsable`.
        """
        with transaction.atomic():
            self._take_over(activated_at=Now())

    def restore(self) -> None:
        """As :meth:`make_active`, but keeping its place among the voices that the member has had."""
        with transaction.atomic():
            self._take_over()

    def _take_over(self, **fields: Any) -> None:
        # Two at once would break the constraint of one active voice; NO KEY leaves requests of the member alone.
        Member.objects.select_for_update(no_key=True).get(pk=self.member_id)
        own = Voice.objects.filter(pk=self.pk, status=Voice.Status.USABLE)
        if not own.exists():
            raise VoiceNotUsable
        Voice.objects.filter(member=self.member_id, active=True).exclude(pk=self.pk).update(active=False)
        own.update(active=True, **fields)
        self.refresh_from_db()

    def audition(self, text: str) -> "VoiceRequest":
        """Ask to hear the voice, active or not. Raises :class:`VoiceNotUsable` or :class:`QueueFull`."""
        if self.status != Voice.Status.USABLE:
            raise VoiceNotUsable
        return VoiceRequest.objects.submit(
            member=self.member, voice=self, text=text, purpose=VoiceRequest.Purpose.AUDITION
        )

    def check_again(self) -> "VoiceRequest":
        """Let a worker find out whether it can speak; the end of that request settles it. Raises :class:`QueueFull`."""
        with transaction.atomic():
            Voice.objects.filter(pk=self.pk).update(status=Voice.Status.CHECKING, problem="", warnings=[], active=False)
            request = VoiceRequest.objects.submit(
                member=self.member, voice=self, text=CHECK_SENTENCE, purpose=VoiceRequest.Purpose.CHECK
            )
        self.refresh_from_db()
        return request


class DictionaryEntryQuerySet(models.QuerySet["DictionaryEntry"]):
    def for_member(self, member_id: int | None) -> Self:
        """Entries for everybody, then those of the member, which take precedence."""
        return self.filter(Q(member=None) | Q(member=member_id)).order_by(F("member").asc(nulls_first=True), "written")

    def version(self) -> tuple[int, datetime | None]:
        """Changes whenever an entry does; one cheap question, to ask before each request."""
        counted = self.aggregate(count=models.Count("pk"), latest=models.Max("updated_at"))
        return counted["count"], counted["latest"]


class DictionaryEntry(models.Model):
    """How a name or a brand is read, where the rules can't know."""

    written = models.CharField(_("written"), max_length=50, validators=[ONE_LINE])
    reading = models.CharField(_("reading"), max_length=100, validators=[HANGUL], help_text=_("In Hangul."))
    member = models.ForeignKey(
        Member,
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


class QueueFull(Exception):
    """As many requests wait as may; nothing was written."""

    def __init__(self, wait_seconds: float) -> None:
        """``wait_seconds`` is about when all that wait now will have been begun."""
        super().__init__(f"room in about {wait_seconds:.0f} seconds")
        self.wait_seconds = wait_seconds


class Place(NamedTuple):
    """Where a queued request stands."""

    position: int  # how many requests are to be begun up to and with it
    expected_seconds: float  # about how long until it is begun


class VoiceRequestQuerySet(models.QuerySet["VoiceRequest"]):
    def queued(self) -> Self:
        return self.filter(status=VoiceRequest.Status.QUEUED)

    def processing(self) -> Self:
        return self.filter(status=VoiceRequest.Status.PROCESSING)

    def waiting(self) -> Self:
        """What may be begun now: queued, and not held back after an attempt that went wrong."""
        return self.queued().filter(available_at__lte=Now())

    def in_order(self) -> Self:
        """As they are to be begun."""
        return self.order_by("turn", "pk")

    def submit(self, **fields: Any) -> "VoiceRequest":
        """Accept a request: its row and its place in the queue are written both or neither.

        Raises :class:`QueueFull` while ``MAX_QUEUED`` or more are waiting.
        """
        from voices.tasks import enqueue_synthesis

        turn = _turn(fields.get("uuid", ""), fields.get("priority", VoiceRequest.Priority.INTERACTIVE))
        with transaction.atomic():
            queue = self.queued().aggregate(length=models.Count("pk"), turn=turn)
            if queue["length"] >= settings.MAX_QUEUED:
                raise QueueFull(queue["length"] * self.seconds_between_starts())
            request = self.create(**fields, turn=queue["turn"])
            enqueue_synthesis()
        return request

    def seconds_between_starts(self) -> float:
        """How long the head of the queue waits for a worker, by what the latest requests took."""
        latest = self.filter(status=VoiceRequest.Status.SUCCEEDED).order_by("-queued_at")[:20]
        took = latest.aggregate(mean=models.Avg(F("finished_at") - F("started_at")))["mean"]
        return (took.total_seconds() if took else SECONDS_UNTIL_KNOWN) / settings.WORKERS

    def claim_next(self, claimed_by: str) -> "VoiceRequest | None":
        """Begin an attempt at the request whose turn it is; ``None``: there is nothing to do.

        ``claimed_by`` is the cluster's id, by which it can give back what it holds when it stops.
        """
        with transaction.atomic():
            request = self.waiting().in_order().select_for_update(skip_locked=True).first()
            if request is None:
                return None
            active_voice = Voice.objects.filter(member=OuterRef("member"), active=True)
            _change(
                VoiceRequest.objects.filter(pk=request.pk),
                request.pk,
                status=VoiceRequest.Status.PROCESSING,
                attempt=F("attempt") + 1,
                claimed_by=claimed_by,
                voice=Coalesce(F("voice"), Subquery(active_voice.values("pk")[:1])),
                started_at=Now(),
                lease_expires_at=_lease(),
                sentences_done=0,
                sentences_total=None,
            )
        return VoiceRequest.objects.select_related("member", "voice").get(pk=request.pk)

    def recover_abandoned(self) -> int:
        """Queue again what no living attempt holds any more, or fail it after its last attempt. Returns how many."""
        with transaction.atomic():
            abandoned = self.processing().filter(lease_expires_at__lt=Now()).select_for_update(skip_locked=True)
            return sum(request.put_back() or request.fail("attempts_exhausted", _DIED) for request in abandoned)

    def release(self, claimed_by: str) -> int:
        """Queue again what a cluster held when it stopped, without counting these attempts. Returns how many."""
        held = self.processing().filter(claimed_by=claimed_by)
        cut_short = F("attempts_cut_short") + 1
        return sum(
            _change(held.filter(pk=pk), pk, **_QUEUED_AGAIN, available_at=Now(), attempts_cut_short=cut_short)
            for pk in held.values_list("pk", flat=True)
        )

    def with_stray_audio(self) -> Self:
        """What ended so long ago that no attempt can still be writing the audio that nobody will hear."""
        longest_attempt = timedelta(seconds=settings.TASK_TIMEOUT_SECONDS + settings.LEASE_SECONDS)
        return self.filter(stray_audio=True, finished_at__lt=Now() - longest_attempt).order_by("finished_at")


class VoiceRequest(models.Model):
    """One sentence to be spoken, from the moment it is accepted."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        PROCESSING = "processing", _("processing")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Format(models.TextChoices):
        WAV = "wav", "WAV"
        MP3 = "mp3", "MP3"
        OPUS = "opus", "Opus"
        FLAC = "flac", "FLAC"

    class Priority(models.IntegerChoices):
        INTERACTIVE = 0, _("somebody waits for it")
        BATCH = 1, _("when nobody waits")

    class Purpose(models.TextChoices):
        FAN = "fan", _("a fan's")
        AUDITION = "audition", _("an audition")
        CHECK = "check", _("the check of a voice")

    TERMINAL = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uuid = models.CharField(_("client's uuid"), max_length=100, blank=True, db_index=True, validators=[SAFE_NAME])
    created_at = models.CharField(_("client's created_at"), max_length=100, blank=True, validators=[SAFE_NAME])
    idempotency_key = models.CharField(max_length=255, null=True, blank=True, unique=True)
    retry_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="retries",
        verbose_name=_("retry of"),
    )  # fmt: skip

    member = models.ForeignKey(Member, models.CASCADE, related_name="requests", verbose_name=_("member"))
    # What speaks it: the member's active voice when it is first begun, and that one to the end.
    voice = models.ForeignKey(
        Voice, models.SET_NULL, null=True, blank=True, related_name="requests", verbose_name=_("voice")
    )
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, db_default=Purpose.FAN)
    text = models.TextField(_("text"))
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.WAV)
    speed = models.FloatField(
        _("speed"), default=1.0, validators=[MinValueValidator(MIN_SPEED), MaxValueValidator(MAX_SPEED)]
    )
    seed = models.BigIntegerField(_("seed"), default=0)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, db_default=Priority.INTERACTIVE)
    # When the request counts as having come; see _turn.
    turn = models.DateTimeField(db_default=Now(), editable=False)
    # Not to be begun before: an attempt that went wrong is repeated after a pause.
    available_at = models.DateTimeField(db_default=Now(), editable=False)
    # The fencing number: only the attempt that holds the row may write to it.
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    # Attempts that ended with their cluster; they don't count towards MAX_ATTEMPTS.
    attempts_cut_short = models.PositiveIntegerField(db_default=0, editable=False)
    claimed_by = models.CharField(max_length=36, blank=True, db_default="", editable=False)
    lease_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    sentences_done = models.PositiveIntegerField(_("sentences done"), default=0)
    sentences_total = models.PositiveIntegerField(_("sentences in all"), null=True, blank=True)

    spoken_text = models.TextField(_("spoken text"), blank=True)
    dropped = models.JSONField(_("left out"), default=list, blank=True)
    audio_name = models.CharField(_("audio object"), max_length=255, blank=True)
    audio_size = models.PositiveBigIntegerField(_("audio size (bytes)"), null=True, blank=True)
    audio_sha256 = models.CharField(_("audio SHA-256"), max_length=64, blank=True, db_default="")
    # Attempts that lost or died may have stored audio; the sweeper deletes it.
    stray_audio = models.BooleanField(db_default=False, editable=False)
    duration_seconds = models.FloatField(_("duration (s)"), null=True, blank=True)
    error_code = models.CharField(_("error code"), max_length=50, blank=True)
    error_detail = models.TextField(_("error detail"), blank=True)

    queued_at = models.DateTimeField(_("queued at"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = VoiceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at"]
        verbose_name = _("voice request")
        verbose_name_plural = _("voice requests")
        indexes = [
            models.Index(fields=["status", "queued_at"], name="request_by_status"),
            models.Index(fields=["uuid", "-queued_at"], name="request_by_client"),
            models.Index(fields=["finished_at"], condition=Q(stray_audio=True), name="request_with_stray_audio"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "processing", "succeeded", "failed", "cancelled"]),
                name="status_is_known",
            ),
            models.CheckConstraint(condition=Q(format__in=["wav", "mp3", "opus", "flac"]), name="format_is_known"),
            models.CheckConstraint(condition=Q(purpose__in=["fan", "audition", "check"]), name="purpose_is_known"),
            models.CheckConstraint(condition=Q(speed__gte=MIN_SPEED, speed__lte=MAX_SPEED), name="speed_in_range"),
            models.CheckConstraint(
                condition=Q(status__in=["succeeded", "failed", "cancelled"], finished_at__isnull=False)
                | Q(status__in=["queued", "processing"], finished_at__isnull=True),
                name="finished_exactly_when_terminal",
            ),
            models.CheckConstraint(
                condition=~Q(status="processing")
                | Q(attempt__gte=1, started_at__isnull=False, lease_expires_at__isnull=False),
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
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.text[:40]}"

    @property
    def is_terminal(self) -> bool:
        return self.status in self.TERMINAL

    @property
    def attempt_audio_name(self) -> str:
        """The object this attempt writes; no other attempt or request ever writes to it."""
        return self._audio_name_of(self.attempt)

    @property
    def stray_audio_names(self) -> list[str]:
        """The objects of all attempts but the one that succeeded."""
        names = (self._audio_name_of(attempt) for attempt in range(1, self.attempt + 1))
        return [name for name in names if name != self.audio_name]

    @property
    def public_audio_name(self) -> str | None:
        """The name under which the seed's clients look for the audio, where they named it."""
        if not (self.uuid and self.created_at):
            return None
        return f"wav_files/{self.member_id}/{self.uuid}_{self.created_at}_voice.{self.format}"

    @cached_property
    def place(self) -> Place | None:
        """Where it stands in the queue when first asked; ``None`` once it has been begun."""
        if self.status != self.Status.QUEUED:
            return None
        position = VoiceRequest.objects.waiting().filter(turn__lt=self.turn).count() + 1
        return Place(position, position * VoiceRequest.objects.seconds_between_starts())

    @property
    def is_retryable(self) -> bool:
        return self.status in (self.Status.FAILED, self.Status.CANCELLED)

    @property
    def earlier_tries(self) -> list["VoiceRequest"]:
        """What this one repeats, and what that one repeated: the latest first, ``MOST_TRIES_SHOWN`` at most."""
        tries: list[VoiceRequest] = []
        earlier = self.retry_of
        while earlier and len(tries) < MOST_TRIES_SHOWN:
            tries.append(earlier)
            earlier = earlier.retry_of
        return tries

    @property
    def later_tries(self) -> models.QuerySet["VoiceRequest"]:
        """The requests that try this one again, the first one first."""
        return self.retries.order_by("queued_at")[:MOST_TRIES_SHOWN]

    @property
    def attempts_left(self) -> int:
        """How often it may still be begun."""
        return max(0, settings.MAX_ATTEMPTS - (self.attempt - self.attempts_cut_short))

    def begin_speaking(self, spoken_text: str, dropped: Sequence[dict[str, Any]], sentences_total: int) -> bool:
        """Record what this attempt will say. False: it no longer holds the row."""
        return _change(
            self._held(),
            self.pk,
            spoken_text=spoken_text,
            dropped=list(dropped),
            sentences_total=sentences_total,
            lease_expires_at=_lease(),
        )

    def report_progress(self, sentences_done: int) -> bool:
        """Record how far this attempt is, and renew its lease. False: it no longer holds the row."""
        return _change(self._held(), self.pk, sentences_done=sentences_done, lease_expires_at=_lease())

    def renew_lease(self) -> bool:
        """Keep the row for another lease; nobody is told. False: this attempt no longer holds it."""
        return bool(self._held().update(lease_expires_at=_lease()))

    def succeed(self, *, audio_name: str, audio_size: int, audio_sha256: str, duration_seconds: float) -> bool:
        """processing → succeeded. False: this attempt no longer holds the row, nothing is changed."""
        return self._end(
            self._held(),
            status=self.Status.SUCCEEDED,
            audio_name=audio_name,
            audio_size=audio_size,
            audio_sha256=audio_sha256,
            duration_seconds=duration_seconds,
            **_ended(stray_audio=self.attempt > 1),
        )

    def put_back(self, after_seconds: float = 0.0) -> bool:
        """processing → queued, to be begun again after a pause.

        False: this attempt no longer holds the row, or it was the last one. Nothing is changed.
        """
        if not self.attempts_left:
            return False
        pause = timedelta(seconds=after_seconds)
        return _change(self._held(), self.pk, **_QUEUED_AGAIN, available_at=Now() + pause)

    def fail(self, code: str, detail: str) -> bool:
        """queued or processing → failed, by the attempt that holds the row; ``code`` is stable."""
        return self._end(
            VoiceRequest.objects.filter(
                pk=self.pk, attempt=self.attempt, status__in=[self.Status.QUEUED, self.Status.PROCESSING]
            ),
            status=self.Status.FAILED,
            error_code=code,
            error_detail=detail,
            **_ended(stray_audio=self.attempt > 0),
        )

    def cancel(self) -> bool:
        """queued or processing → cancelled; a running attempt learns of it at its next sentence."""
        return self._end(
            VoiceRequest.objects.filter(pk=self.pk, status__in=[self.Status.QUEUED, self.Status.PROCESSING]),
            status=self.Status.CANCELLED,
            **_ended(stray_audio=Q(attempt__gt=0)),
        )

    def retry(self) -> "VoiceRequest":
        """Ask again for what failed or was cancelled. The old row stays as it ended."""
        return VoiceRequest.objects.submit(
            retry_of=self,
            uuid=self.uuid,
            created_at=self.created_at,
            member_id=self.member_id,
            # A fan hears the voice that the member has now.
            voice=None if self.purpose == self.Purpose.FAN else self.voice,
            purpose=self.purpose,
            text=self.text,
            format=self.format,
            speed=self.speed,
            seed=self.seed,
            priority=self.priority,
        )

    def _end(self, allowed: models.QuerySet["VoiceRequest"], **values: Any) -> bool:
        """The one way to an end: the row, what is owed of it, and the voice that it settles, as one."""
        with transaction.atomic():
            if not _change(allowed, self.pk, **values):
                return False
            if self.purpose == self.Purpose.FAN:
                WebhookDelivery.objects.owe(self.pk, values["status"])
            elif self.purpose == self.Purpose.CHECK and self.voice_id:
                speaks = values["status"] == self.Status.SUCCEEDED
                Voice.objects.filter(pk=self.voice_id, status=Voice.Status.CHECKING).update(
                    status=Voice.Status.USABLE if speaks else Voice.Status.UNUSABLE,
                    problem="" if speaks else values.get("error_detail") or values.get("error_code", values["status"]),
                )
        return True

    def _audio_name_of(self, attempt: int) -> str:
        return f"wav_files/{self.member_id}/{self.pk}/{attempt}_voice.{self.format}"

    def _held(self) -> models.QuerySet["VoiceRequest"]:
        return VoiceRequest.objects.processing().filter(pk=self.pk, attempt=self.attempt)


def _voice_folder(name: str) -> Path:
    """A voice's folder: among those brought, else among those that come with the service."""
    brought = Path(settings.BROUGHT_VOICES_DIR) / name
    return brought if brought.is_dir() else Path(settings.VOICE_MODEL_DIR) / name


def _turn(client_uuid: str, priority: int) -> Any:
    """When a request that comes now counts as having come; an aggregate over the queue.

    A batch request lets those pass that somebody waits for, as long as they come within its patience. A client's many
    requests count as if they came one by one: others go between them, and no stream of newcomers can hold one up for
    longer than its turn is away.
    """
    patience = settings.BATCH_PATIENCE_SECONDS if priority == VoiceRequest.Priority.BATCH else 0.0
    own = Q(uuid=client_uuid, priority=priority) & ~Q(uuid="")
    return Greatest(
        Now() + timedelta(seconds=patience),
        models.Max("turn", filter=own) + Value(BETWEEN_TURNS),
        output_field=models.DateTimeField(),
    )


def _lease() -> Any:
    # By the database's clock: a worker whose own is wrong must not steal or lose a request.
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


def _ended(stray_audio: bool | Q) -> dict[str, Any]:
    """What every end of a request writes."""
    return {"finished_at": Now(), "lease_expires_at": None, "claimed_by": "", "stray_audio": stray_audio}


# What is written when an attempt ends and the request does not.
_QUEUED_AGAIN = {"status": VoiceRequest.Status.QUEUED, "lease_expires_at": None, "claimed_by": ""}


def _change(allowed: models.QuerySet[VoiceRequest], request_id: uuid.UUID | str, **values: Any) -> bool:
    """Write to the row if it is still among ``allowed``, and tell who waits for it, as one."""
    with transaction.atomic():
        if not allowed.update(**values):
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANGED_CHANNEL, str(request_id)])
    return True
