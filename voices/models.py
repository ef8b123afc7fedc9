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
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest, Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

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


class Voice(models.Model):
    """A checkpoint pair that speaks as a member."""

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

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(active=True), name="one_active_voice_per_member"),
            models.CheckConstraint(condition=Q(mode__in=["spelled", "pronounced"]), name="voice_mode_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.glow_tts_dir} + {self.hifigan_dir}"

    @property
    def glow_tts_path(self) -> Path:
        return Path(settings.VOICE_MODEL_DIR) / self.glow_tts_dir

    @property
    def hifigan_path(self) -> Path:
        return Path(settings.VOICE_MODEL_DIR) / self.hifigan_dir

    def make_active(self) -> None:
        """Speak as the member from the next request on, in place of the voice that did."""
        with transaction.atomic():
            Voice.objects.filter(member=self.member_id, active=True).exclude(pk=self.pk).update(active=False)
            self.active = True
            self.save(update_fields=["active"])


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
            _change(
                VoiceRequest.objects.filter(pk=request.pk),
                request.pk,
                status=VoiceRequest.Status.PROCESSING,
                attempt=F("attempt") + 1,
                claimed_by=claimed_by,
                started_at=Now(),
                lease_expires_at=_lease(),
                sentences_done=0,
                sentences_total=None,
            )
        return VoiceRequest.objects.select_related("member").get(pk=request.pk)

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
        return _change(
            self._held(),
            self.pk,
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
        return _change(
            VoiceRequest.objects.filter(
                pk=self.pk, attempt=self.attempt, status__in=[self.Status.QUEUED, self.Status.PROCESSING]
            ),
            self.pk,
            status=self.Status.FAILED,
            error_code=code,
            error_detail=detail,
            **_ended(stray_audio=self.attempt > 0),
        )

    def cancel(self) -> bool:
        """queued or processing → cancelled; a running attempt learns of it at its next sentence."""
        return _change(
            VoiceRequest.objects.filter(pk=self.pk, status__in=[self.Status.QUEUED, self.Status.PROCESSING]),
            self.pk,
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
            text=self.text,
            format=self.format,
            speed=self.speed,
            seed=self.seed,
            priority=self.priority,
        )

    def _audio_name_of(self, attempt: int) -> str:
        return f"wav_files/{self.member_id}/{self.pk}/{attempt}_voice.{self.format}"

    def _held(self) -> models.QuerySet["VoiceRequest"]:
        return VoiceRequest.objects.processing().filter(pk=self.pk, attempt=self.attempt)


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
        if values.get("status") in VoiceRequest.TERMINAL:
            WebhookDelivery.objects.owe(request_id, values["status"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANGED_CHANNEL, str(request_id)])
    return True
