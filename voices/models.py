"""Members, their voices, and the requests that ask them to speak.

Each status change of a :class:`VoiceRequest` is one method here, and one conditional UPDATE: it returns False, and
changes nothing, for a caller that comes too late. A :class:`Voice` changes its ``status`` and ``active`` itself, too.
"""

import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from voices import choices
from voices.audit import AuditEntry as AuditEntry
from voices.clusters import Cluster as Cluster
from voices.consents import Consent as Consent
from voices.constraints import SAFE_NAME, SPEED_RANGE, VOICE_CONSTRAINTS, VOICE_REQUEST_CONSTRAINTS
from voices.database import keep_until_commit
from voices.dictionary import DictionaryEntry as DictionaryEntry
from voices.intake.card import VoiceCard
from voices.library.converted import card_of
from voices.library.model_files import PairFiles
from voices.library.store import store_pair, voice_folder
from voices.objects_to_delete import ObjectToDelete as ObjectToDelete
from voices.origins import Origin as Origin
from voices.owners import Asker
from voices.owners import Listener as Listener
from voices.owners import Owner as Owner
from voices.profile import Profile
from voices.profile import Suggestion as Suggestion
from voices.proposals import ReadingProposal as ReadingProposal
from voices.queue import VoiceRequestQuerySet, enqueue_synthesis
from voices.review.rules import Rule as Rule
from voices.review.rules import RuleHit as RuleHit
from voices.review.state import BEFORE, REVIEW_INDEXES, Reviewed
from voices.shares import Report as Report
from voices.shares import Share as Share
from voices.stored_sentences import StoredSentence as StoredSentence
from voices.synth.captions import SentenceCaption
from voices.synth.text.parts import without_pauses
from voices.tallies import Tally as Tally
from voices.telemetry import metrics, request_id, traces
from voices.transfers import Transfer as Transfer
from voices.waiting_time import Place, place_of
from voices.webhooks.outbox import Webhook as Webhook
from voices.webhooks.outbox import WebhookDelivery

# NOTIFY on this channel carries the id of a request whose row has changed.
CHANGED_CHANNEL = "voice_request_changed"
CHECK_SENTENCE = "안녕하세요, 만나서 반갑습니다."
MOST_TRIES_SHOWN = 20
# What requests that sound the same have in common.
SOUND_FIELDS = (
    "voice_id", "spoken_text", "dropped", "captions", "sentences_done", "sentences_total",
    "audio_name", "audio_size", "audio_sha256", "duration_seconds",
)  # fmt: skip


class Member(Profile):
    """An artist whose voice fans ask for."""

    slug = models.SlugField(_("address name"), max_length=100, unique=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.CheckConstraint(condition=Q(hue=None) | Q(hue__lt=360), name="hue_in_range")]

    def __str__(self) -> str:
        return self.name

    def voice_before(self) -> "Voice | None":
        """Return the usable voice that was active before the active one."""
        earlier = self.voices.filter(activated_at__isnull=False, status=Voice.Status.USABLE, active=False)
        now = self.voices.filter(active=True).first()
        if now is not None and now.activated_at is not None:
            earlier = earlier.filter(activated_at__lt=now.activated_at)
        return earlier.order_by("-activated_at").first()

    def roll_back(self) -> "Voice":
        """Activate the voice before; called again, the one before that. Raises :class:`NoVoiceBefore`."""
        with transaction.atomic():
            Member.objects.select_for_update(no_key=True).get(pk=self.pk)
            before = self.voice_before()
            if before is None:
                raise NoVoiceBefore
            before.take_over()
        return before


class VoiceNotUsable(Exception):
    """The voice has not passed its check, so it can't speak."""


class NoVoiceBefore(Exception):
    """The member had no usable voice before the active one."""


class VoiceQuerySet(models.QuerySet["Voice"]):
    def import_pair(self, member: Member, pair: PairFiles, mode: str, *, checked: bool = False) -> "Voice":
        """Store a checkpoint pair and record it as a voice of the member; the same pair again is the same voice.

        A voice that is new or not usable is checked by a worker, unless the caller has ``checked`` that it speaks.
        Raises :class:`QueueFull`, or ``OSError`` if the files can't be stored.
        """
        stored = store_pair(member.pk, pair)
        with transaction.atomic():
            status = Voice.Status.USABLE if checked else Voice.Status.CHECKING
            voice, made = self.get_or_create(member=member, mode=mode, **stored._asdict(), defaults={"status": status})
            if checked:
                voice.mark_usable()
            elif made or voice.status == Voice.Status.UNUSABLE:
                voice.start_check()
        return voice


class Voice(models.Model):
    """A checkpoint pair that speaks as a member."""

    Status = choices.VoiceStatus
    Mode = choices.ReadingMode

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
        constraints = VOICE_CONSTRAINTS

    def __str__(self) -> str:
        return f"{self.member} · {self.glow_tts_dir} + {self.hifigan_dir}"

    @property
    def glow_tts_path(self) -> Path:
        return voice_folder(self.glow_tts_dir)

    @property
    def hifigan_path(self) -> Path:
        return voice_folder(self.hifigan_dir)

    @property
    def card(self) -> VoiceCard | None:
        """The card that says what the voice was made of; ``None`` if there is none, or no worker has loaded it yet."""
        return card_of(self.glow_tts_dir)

    @property
    def auditions(self) -> models.QuerySet["VoiceRequest"]:
        """The requests by which the voice was tried before fans hear it, the latest first."""
        return self.requests.filter(purpose__in=[choices.Purpose.AUDITION, choices.Purpose.CHECK])

    def make_active(self) -> None:
        """Let this voice speak for the member from the next request on, in place of the active one.

        Requests that have been begun keep their voice. Raises :class:`VoiceNotUsable`.
        """
        self.take_over(activated_at=Now())

    @transaction.atomic
    def take_over(self, **fields: Any) -> None:
        """Activate the voice; without ``activated_at``, it keeps its place in the order of the member's voices."""
        # Two at once would break the constraint of one active voice; NO KEY does not block requests of the member.
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
        return VoiceRequest.objects.submit(member=self.member, voice=self, text=text, purpose=choices.Purpose.AUDITION)

    def start_check(self) -> "VoiceRequest":
        """Let a worker speak with the voice; the end of that request calls :meth:`finish_check`.

        Raises :class:`QueueFull`.
        """
        with transaction.atomic():
            self._update(status=Voice.Status.CHECKING, problem="", warnings=[], active=False)
            return VoiceRequest.objects.submit(
                member=self.member, voice=self, text=CHECK_SENTENCE, purpose=choices.Purpose.CHECK
            )

    def record_warnings(self, warnings: list[str]) -> None:
        """Record what a check found that does not make the voice unusable."""
        self._update(warnings=warnings)

    def finish_check(self, problem: str = "") -> None:
        """checking → usable, or unusable if there is a problem. Does nothing to a voice that is not being checked."""
        status = Voice.Status.UNUSABLE if problem else Voice.Status.USABLE
        if Voice.objects.filter(pk=self.pk, status=Voice.Status.CHECKING).update(status=status, problem=problem):
            self.status, self.problem = status, problem

    def mark_usable(self) -> None:
        """Accept the voice without a check by a worker."""
        self._update(status=Voice.Status.USABLE, problem="")

    def mark_unusable(self, problem: str) -> None:
        """Take the voice out of use, without a check."""
        self._update(status=Voice.Status.UNUSABLE, problem=problem, active=False)

    def _update(self, **values: Any) -> None:
        Voice.objects.filter(pk=self.pk).update(**values)
        for name, value in values.items():
            setattr(self, name, value)


class VoiceRequest(Reviewed):
    """A text to be spoken, from the moment it is accepted."""

    Status = choices.RequestStatus
    Format = choices.AudioFormat
    Markup = choices.Markup
    Priority = choices.Priority
    Purpose = choices.Purpose

    TERMINAL = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)
    OF_FANS = choices.OF_FANS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Revoked keys are kept, so that what they asked for stays somebody's.
    owner = models.ForeignKey(
        Owner, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("owner")
    )
    # A keyed hash of the network that it came from (voices/api/client_address.py).
    address = models.CharField(max_length=32, db_default="", editable=False)
    client_uuid = models.CharField(
        _("client's uuid"), max_length=100, blank=True, db_index=True, validators=[SAFE_NAME]
    )
    client_created_at = models.CharField(_("client's created_at"), max_length=100, blank=True, validators=[SAFE_NAME])
    idempotency_key = models.CharField(max_length=255, null=True, blank=True)
    # Of the HTTP request that asked for it; in every line that is logged about it.
    request_id = models.CharField(max_length=request_id.MAX_LENGTH, blank=True, db_default="", editable=False)
    # The span in which it was asked for; its attempts belong to the same trace.
    traceparent = models.CharField(max_length=traces.MAX_LENGTH, blank=True, db_default="", editable=False)
    retry_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="retries", verbose_name=_("retry of")
    )

    # Lines that were asked for together (voices/api/batches.py), counted from 1.
    batch = models.UUIDField(null=True, blank=True, editable=False)
    batch_number = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    member = models.ForeignKey(Member, models.CASCADE, related_name="requests", verbose_name=_("member"))
    # Set when the request is first begun, to the member's active voice, and not changed after.
    voice = models.ForeignKey(
        Voice, models.SET_NULL, null=True, blank=True, related_name="requests", verbose_name=_("voice")
    )
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, default=Purpose.FAN, db_default=Purpose.FAN)
    text = models.TextField(_("text"))
    markup = models.CharField(_("markup"), max_length=4, choices=Markup, default=Markup.NONE, db_default=Markup.NONE)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.WAV)
    speed = models.FloatField(_("speed"), default=1.0, validators=SPEED_RANGE)
    seed = models.BigIntegerField(_("seed"), default=0)
    # Written → read, for this request alone.
    readings = models.JSONField(_("readings"), default=dict, blank=True, db_default={})

    # Spoken anew, even if the same was made before.
    fresh = models.BooleanField(_("made anew"), default=False, db_default=False)
    # The same for requests that sound the same (voices/same_again.py).
    speech_key = models.CharField(max_length=64, db_default="", editable=False)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, db_default=Priority.INTERACTIVE)
    # The time by which the queue is sorted; see voices/queue.py.
    turn = models.DateTimeField(db_default=Now(), editable=False)
    # Not begun before this time: a failed attempt is repeated after a pause.
    available_at = models.DateTimeField(db_default=Now(), editable=False)
    # The fencing number: only the latest attempt may write to the row.
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    # Attempts that ended because their cluster stopped; they don't count towards MAX_ATTEMPTS.
    attempts_cut_short = models.PositiveIntegerField(db_default=0, editable=False)
    claimed_by = models.CharField(max_length=36, blank=True, db_default="", editable=False)
    lease_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    sentences_done = models.PositiveIntegerField(_("sentences done"), default=0)
    sentences_total = models.PositiveIntegerField(_("sentences in all"), null=True, blank=True)

    spoken_text = models.TextField(_("spoken text"), blank=True)
    dropped = models.JSONField(_("left out"), default=list, blank=True)
    # The `SentenceCaption` of each sentence (voices/synth/captions.py).
    captions = models.JSONField(default=list, blank=True, db_default=[], editable=False)
    audio_name = models.CharField(_("audio object"), max_length=255, blank=True)
    audio_size = models.PositiveBigIntegerField(_("audio size (bytes)"), null=True, blank=True)
    audio_sha256 = models.CharField(_("audio SHA-256"), max_length=64, blank=True, db_default="")
    # Whether the statistics have it (voices/worker/counting.py).
    counted = models.BooleanField(db_default=False, editable=False)
    # Attempts that did not succeed may have stored audio; the sweeper deletes it.
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
            models.Index(fields=["status", "finished_at"], name="request_by_end"),
            models.Index(fields=["owner", "-queued_at"], name="request_by_owner"),
            models.Index(fields=["finished_at"], condition=Q(stray_audio=True), name="request_with_stray_audio"),
            models.Index(fields=["finished_at"], condition=Q(purpose="trial"), name="request_tried_out"),
            models.Index(fields=["member"], condition=Q(purpose="sample"), name="request_for_sample"),
            models.Index(
                fields=["finished_at"],
                condition=Q(counted=False, purpose="fan", finished_at__isnull=False),
                name="request_to_count",
            ),
            models.Index(fields=["speech_key"], condition=~Q(speech_key=""), name="request_by_speech"),
            models.Index(fields=["audio_name"], condition=~Q(audio_name=""), name="request_by_audio"),
            *REVIEW_INDEXES,
        ]
        constraints = VOICE_REQUEST_CONSTRAINTS

    def __str__(self) -> str:
        return f"{self.member}: {self.text[:40]}"

    @property
    def is_terminal(self) -> bool:
        return self.status in self.TERMINAL

    @property
    def readable_text(self) -> str:
        """The text as people read it, without marks of pauses; of SSML, what is said."""
        return without_pauses(self.text) if self.markup == self.Markup.NONE else self.spoken_text

    @property
    def may_be_given_out(self) -> bool:
        """Whether who knows an address may hear what is spoken of it; every address of sound asks this."""
        return not (self.is_retryable or self.withheld)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will come of it by itself: it is finished, and nobody has yet to review it."""
        return self.is_terminal and not self.is_under_review

    @property
    def why_unheard(self) -> str:
        """The stable code that says why nothing of it is heard, once it has ended or is withheld."""
        return self.withheld or self.error_code or self.status

    @property
    def is_audible(self) -> bool:
        """Whether its audio is finished and may be given out."""
        return bool(self.audio_name) and self.may_be_given_out

    @cached_property
    def place(self) -> Place | None:
        """Where it stands at the time of the first call; ``None`` once the request is finished."""
        return None if self.is_terminal else place_of(self, VoiceRequest.objects.all())

    @property
    def captions_so_far(self) -> list[SentenceCaption]:
        """The captions of the sentences that are spoken, while others are not."""
        return list(self.sentences.order_by("number").values_list("caption", flat=True))

    @property
    def has_public_name(self) -> bool:
        """Whether the client chose the name under which it looks for the audio (voices/audio_objects.py)."""
        return bool(self.client_uuid and self.client_created_at)

    @property
    def is_retryable(self) -> bool:
        return self.status in (self.Status.FAILED, self.Status.CANCELLED)

    @property
    def earlier_tries(self) -> list["VoiceRequest"]:
        """The chain of ``retry_of``, the latest first, at most ``MOST_TRIES_SHOWN``."""
        tries: list[VoiceRequest] = []
        earlier = self.retry_of
        while earlier and len(tries) < MOST_TRIES_SHOWN:
            tries.append(earlier)
            earlier = earlier.retry_of
        return tries

    @property
    def later_tries(self) -> models.QuerySet["VoiceRequest"]:
        """The requests that retry this one, the first one first, at most ``MOST_TRIES_SHOWN``."""
        return self.retries.order_by("queued_at")[:MOST_TRIES_SHOWN]

    @property
    def attempts_left(self) -> int:
        """How often the request may still be begun."""
        return max(0, settings.MAX_ATTEMPTS - (self.attempt - self.attempts_cut_short))

    def begin(self, claimed_by: str) -> bool:
        """queued → processing: start an attempt of the cluster ``claimed_by``, with a lease."""
        active_voice = Voice.objects.filter(member=OuterRef("member"), active=True)
        return self._change(
            VoiceRequest.objects.waiting(),
            status=self.Status.PROCESSING,
            attempt=F("attempt") + 1,
            claimed_by=claimed_by,
            voice=Coalesce(F("voice"), Subquery(active_voice.values("pk")[:1])),
            started_at=Now(),
            lease_expires_at=_lease_end(),
        )

    def begin_speaking(
        self, spoken_text: str, dropped: Sequence[dict[str, Any]], sentences_total: int, sentences_done: int = 0
    ) -> bool:
        """Record what this attempt will say, after the first ``sentences_done`` that earlier attempts have stored.

        Other stored sentences are deleted. False: this attempt no longer holds the row; nothing is changed.
        """
        with transaction.atomic():
            held = self._change(
                self._held(),
                spoken_text=spoken_text,
                dropped=list(dropped),
                sentences_total=sentences_total,
                sentences_done=sentences_done,
                speech_key=self.speech_key,
                lease_expires_at=_lease_end(),
            )
            if held:
                self.sentences.filter(number__gte=sentences_done).delete()
        return held

    def store_sentence(self, sentence: StoredSentence) -> bool:
        """Store the next sentence, announce it, and renew the lease.

        False: this attempt no longer holds the row; nothing is stored.
        """
        with transaction.atomic():
            if not self._change(self._held(), sentences_done=sentence.number + 1, lease_expires_at=_lease_end()):
                return False
            # The same sentence again, if the connection broke after the commit, is ignored.
            StoredSentence.objects.bulk_create([sentence], ignore_conflicts=True)
        return True

    def renew_lease(self) -> bool:
        """Renew the lease, without a NOTIFY. False: this attempt no longer holds the row."""
        return bool(self._held().update(lease_expires_at=_lease_end()))

    def succeed(
        self,
        *,
        audio_name: str,
        audio_size: int,
        audio_sha256: str,
        duration_seconds: float,
        captions: Sequence[SentenceCaption],
    ) -> bool:
        """processing → succeeded. False: this attempt no longer holds the row; nothing is changed."""
        return self._end(
            self._held(),
            status=self.Status.SUCCEEDED,
            audio_name=audio_name,
            audio_size=audio_size,
            audio_sha256=audio_sha256,
            duration_seconds=duration_seconds,
            captions=list(captions),
            stray_audio=self.attempt > 1,
        )

    def succeed_like(self, made: "VoiceRequest") -> bool:
        """queued or processing → succeeded, by the latest attempt, with the audio of a request that sounds the same.

        False: that one is deleted, or this request has ended or is spoken by a later attempt; nothing is changed.
        """
        with transaction.atomic():
            given = keep_until_commit(made) and self._conclude(
                self._unfinished().filter(attempt=self.attempt),
                status=self.Status.SUCCEEDED,
                **{name: getattr(made, name) for name in SOUND_FIELDS},
                stray_audio=self.attempt > 0,
            )
            if given:
                transaction.on_commit(metrics.SAME_AGAIN.inc)
        return given

    def put_back(self, after_seconds: float = 0.0) -> bool:
        """processing → queued, to be begun again. False: this attempt was the last one, or no longer holds the row."""
        return self.attempts_left > 0 and self._queue_again(available_at=Now() + timedelta(seconds=after_seconds))

    def give_back(self) -> bool:
        """processing → queued, without counting this attempt. False: it no longer holds the row."""
        return self._queue_again(available_at=Now(), attempts_cut_short=F("attempts_cut_short") + 1)

    def fail(self, code: str, detail: str) -> bool:
        """queued or processing → failed, by the latest attempt; ``code`` is one of the stable error codes."""
        return self._end(
            self._unfinished().filter(attempt=self.attempt),
            status=self.Status.FAILED,
            error_code=code,
            error_detail=detail,
            stray_audio=self.attempt > 0,
        )

    def cancel(self) -> bool:
        """queued or processing → cancelled; a running attempt finds out at its next sentence."""
        return self._end(self._unfinished(), status=self.Status.CANCELLED, stray_audio=Q(attempt__gt=0))

    def change_review(
        self, to: choices.ReviewStatus, *, reason: str = "", note: str = "", by: AbstractBaseUser | None = None
    ) -> bool:
        """Take the request's review one step on. False: that step is not allowed from where it stands now.

        Only :mod:`voices.decisions` calls this: what follows from a step is done there.
        """
        return self._change(
            VoiceRequest.objects.filter(review_status__in=BEFORE[to], withdrawn_for=""),
            review_status=to,
            review_reason=reason,
            review_note=note,
            reviewed_by=by,
            reviewed_at=Now(),
        )

    def forget_stray_audio(self) -> None:
        """Record that the audio of :attr:`stray_audio_names` is deleted."""
        VoiceRequest.objects.filter(pk=self.pk).update(stray_audio=False)

    def retry(self) -> "VoiceRequest":
        """Submit a failed or cancelled request again, as a new row. Raises :class:`QueueFull`."""
        names = {"client_uuid": self.client_uuid, "client_created_at": self.client_created_at}
        return self._submit_again(retry_of=self, seed=self.seed, fresh=self.fresh, **names)

    def another_take(self) -> "VoiceRequest":
        """Ask for the same with another seed, so with another melody, as a new row. Raises :class:`QueueFull`."""
        return self._submit_again(seed=secrets.randbelow(2**32), client_uuid=self.client_uuid)

    def _submit_again(self, **fields: Any) -> "VoiceRequest":
        return VoiceRequest.objects.submit(
            Asker(self.owner, self.address),
            member_id=self.member_id,
            # A fan hears the voice that is active now.
            voice=None if self.purpose in self.OF_FANS else self.voice,
            purpose=self.purpose,
            text=self.text,
            markup=self.markup,
            format=self.format,
            speed=self.speed,
            readings=self.readings,
            priority=self.priority,
            **fields,
        )

    def _end(self, allowed: models.QuerySet["VoiceRequest"], **values: Any) -> bool:
        """Finish the request, and let those go on that wait for the same, in one transaction."""
        with transaction.atomic():
            ended = self._conclude(allowed, **values)
            if ended and self.speech_key:
                self._let_twins_go_on()
        return ended

    def _conclude(self, allowed: models.QuerySet["VoiceRequest"], **values: Any) -> bool:
        """Finish the request, queue its webhooks and settle a voice check, in one transaction."""
        with transaction.atomic():
            if not self._change(allowed, **values, finished_at=Now(), lease_expires_at=None, claimed_by=""):
                return False
            status = values["status"]
            finished = metrics.REQUESTS_FINISHED.labels(self.purpose, status, values.get("error_code", ""))
            transaction.on_commit(finished.inc)
            if self.purpose == self.Purpose.FAN:
                WebhookDelivery.objects.enqueue_for_all(status, self.pk)
            elif self.purpose == self.Purpose.CHECK and (voice := Voice.objects.filter(requests=self).first()):
                succeeded = status == self.Status.SUCCEEDED
                voice.finish_check("" if succeeded else values.get("error_detail") or values.get("error_code", status))
        return True

    def _let_twins_go_on(self) -> None:
        """Give the audio to the queued requests that sound the same, or let workers begin them."""
        made = VoiceRequest.objects.shareable().filter(pk=self.pk).first()
        for twin in VoiceRequest.objects.queued().same_as(self).select_for_update(skip_locked=True):
            # For a public name, a worker copies the audio.
            if not (
                made and made.is_audible and not twin.fresh and not twin.has_public_name and twin.succeed_like(made)
            ):
                enqueue_synthesis()

    def _queue_again(self, **values: Any) -> bool:
        return self._change(self._held(), **values, status=self.Status.QUEUED, lease_expires_at=None, claimed_by="")

    def _held(self) -> models.QuerySet["VoiceRequest"]:
        """The row, as long as this attempt is the latest one and has not ended."""
        return VoiceRequest.objects.processing().filter(pk=self.pk, attempt=self.attempt)

    def _unfinished(self) -> models.QuerySet["VoiceRequest"]:
        return VoiceRequest.objects.filter(pk=self.pk, status__in=[self.Status.QUEUED, self.Status.PROCESSING])

    def _change(self, allowed: models.QuerySet["VoiceRequest"], **values: Any) -> bool:
        """Update the row if it is among ``allowed``, and notify those who wait for it, in one transaction."""
        with transaction.atomic():
            if not allowed.filter(pk=self.pk).update(**values):
                return False
            announce([self.pk], self.speech_key)
        return True


def announce(requests: Sequence[uuid.UUID], speech_key: str = "") -> None:
    """Notify those who wait for these requests, or for the same speech, that they have changed."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTIFY, [CHANGED_CHANNEL, list(requests), speech_key])


# Also those who wait for a request that will sound the same.
_NOTIFY = f"""
    SELECT pg_notify(%s, id::text) FROM {VoiceRequest._meta.db_table}
    WHERE id = ANY(%s) OR (speech_key <> '' AND speech_key = %s AND status = 'queued')
"""


def _lease_end() -> Any:
    # By the database's clock: a worker whose own clock is wrong must not steal or lose a request.
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)
