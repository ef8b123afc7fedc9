"""The JSON that the API takes and gives."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from voices.api import fields
from voices.api.errors import failure_message
from voices.api.media import picture_url
from voices.api.speakable import of_field, refuse_unspeakable
from voices.api.withheld import withheld_message
from voices.choices import RejectionReason
from voices.constraints import SAFE_NAME
from voices.library.explain import shown_twice
from voices.models import Member, Suggestion, Voice, VoiceRequest
from voices.pictures import LARGE, SMALL, small_of
from voices.samples import greetings_of

# With `has_voice`, so that a new request asks for its member and for the voice at once.
MEMBERS = Member.objects.annotate(has_voice=Exists(Voice.objects.filter(member=OuterRef("pk"), active=True)))

MAX_TRIAL_CHARACTERS = 50
# With what their pages show besides.
PROFILES = MEMBERS.annotate(
    sample_id=Subquery(
        greetings_of(OuterRef("pk")).filter(status=VoiceRequest.Status.SUCCEEDED).released().values("pk")[:1]
    )
).prefetch_related("suggestions")

_ADDRESS_OR_NULL = {"type": "string", "format": "uri-reference", "nullable": True}
UNKNOWN_MEMBER: dict[str, Any] = {
    "does_not_exist": _("There is no member with this number."),
    "incorrect_type": _("Give the member's number."),
}


class ServiceSerializer(serializers.Serializer[Any]):
    result = serializers.CharField(read_only=True)
    max_text_characters = serializers.IntegerField(read_only=True, help_text="Longer texts are refused.")


class SuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    class Meta:
        model = Suggestion
        fields = read_only_fields = ["label", "label_en", "text"]


class MemberSerializer(serializers.ModelSerializer[Member]):
    """What fans are shown of a member; texts ending in `_en` are empty where there is no English."""

    links = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField(help_text=f"At most {LARGE[0]} × {LARGE[1]} pixels.")
    picture_small = serializers.SerializerMethodField(help_text=f"At most {SMALL[0]} × {SMALL[1]} pixels.")
    hue = serializers.IntegerField(allow_null=True, help_text="Of the member's colour, in degrees (OKLCH).")
    sample = serializers.SerializerMethodField(help_text="The greeting, spoken by the voice that the member has now.")
    suggestions = SuggestionSerializer(many=True)
    has_voice = serializers.BooleanField(help_text="Whether the member has an active voice.")

    class Meta:
        model = Member
        fields = read_only_fields = [
            "id", "slug", "name", "name_en", "birth", "position", "position_en", "tmi", "tmi_en", "links",
            "picture", "picture_small", "hue", "greeting", "greeting_en", "sample", "suggestions", "has_voice",
        ]  # fmt: skip

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string", "format": "uri"}})
    def get_links(self, member: Member) -> dict[str, str]:
        # Rows of before may hold other addresses.
        return {name: str(url) for name, url in member.links.items() if str(url).startswith("https://")}

    @extend_schema_field(_ADDRESS_OR_NULL)
    def get_picture(self, member: Member) -> str | None:
        return picture_url(member.picture.name)

    @extend_schema_field(_ADDRESS_OR_NULL)
    def get_picture_small(self, member: Member) -> str | None:
        return picture_url(member.picture.name and small_of(member.picture.name))

    @extend_schema_field(_ADDRESS_OR_NULL)
    def get_sample(self, member: Any) -> str | None:
        return reverse("voice-request-audio", args=[member.sample_id]) if member.sample_id else None


class PriorityField(fields.ChoiceField):
    """A priority by its name: ``interactive`` or ``batch``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[priority.name.lower() for priority in VoiceRequest.Priority], **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return VoiceRequest.Priority[super().to_internal_value(data).upper()]

    def to_representation(self, value: Any) -> str:
        return VoiceRequest.Priority(value).name.lower()


class BoundedTextField(fields.TextField):
    """Text of bounded length."""

    default_error_messages = {
        "max_length": _("The text is too long: {max_length} characters at most."),
        "blank": _("Type a sentence."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=settings.MAX_TEXT_CHARACTERS, trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        if not text.strip():
            self.fail("blank")
        return text


class SpeakableTextField(BoundedTextField):
    """Text of bounded length with something in it that can be spoken."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        refuse_unspeakable(text, "none")
        return text


class NewVoiceRequestSerializer(serializers.Serializer[VoiceRequest]):
    """The body of a new request."""

    member = fields.MemberField(queryset=MEMBERS, error_messages=UNKNOWN_MEMBER)
    text = BoundedTextField()
    markup = fields.MarkupField(
        default=VoiceRequest.Markup.NONE,
        help_text="`ssml`: the text is SSML, of `speak`, `p`, `s`, `break`, `prosody rate`, `sub` and `say-as`.",
    )
    format = fields.ChoiceField(choices=VoiceRequest.Format.choices, default=VoiceRequest.Format.WAV)
    speed = fields.SpeedField(default=1.0)
    seed = fields.SeedField(default=0)
    readings = fields.ReadingsField(default=dict, help_text="For this request alone, before the dictionary.")
    fresh = fields.BooleanField(
        default=False, help_text="Speak it anew, even if the same was made before. For another take, change `seed`."
    )
    trial = fields.BooleanField(
        default=False,
        help_text=f"A word to try out, of at most {MAX_TRIAL_CHARACTERS} characters: it stands in no list, "
        "and is deleted an hour later.",
    )
    priority = PriorityField(
        default=VoiceRequest.Priority.INTERACTIVE,
        help_text="`batch`: nobody waits for it, so `interactive` requests are spoken first.",
    )
    uuid = fields.TextField(
        source="client_uuid", default="", allow_blank=True, validators=[SAFE_NAME], help_text="The client's own id."
    )
    created_at = fields.TextField(
        source="client_created_at",
        default="",
        allow_blank=True,
        validators=[SAFE_NAME],
        help_text="The client's own time.",
    )

    def validate_member(self, member: Any) -> Any:
        return with_voice(member)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        with of_field("text"):
            refuse_unspeakable(attrs["text"], attrs["markup"])
        trial = attrs.pop("trial")
        if trial and len(attrs["text"]) > MAX_TRIAL_CHARACTERS:
            message = BoundedTextField.default_error_messages["max_length"].format(max_length=MAX_TRIAL_CHARACTERS)
            raise serializers.ValidationError({"text": message}, "too_long")
        return {**attrs, "purpose": VoiceRequest.Purpose.TRIAL if trial else VoiceRequest.Purpose.FAN}


class ClientSerializer(serializers.Serializer[VoiceRequest]):
    """Which of the owner's requests are listed."""

    uuid = fields.TextField(
        source="client_uuid",
        required=False,
        validators=[SAFE_NAME],
        help_text="Only those that were sent with this `uuid`.",
    )


@extend_schema_field({"oneOf": [{"type": "boolean"}, {"type": "string", "enum": [""]}], "default": False})
class FlagField(serializers.Field[bool, str, bool, Any]):
    """A flag in an address: `?download`, `?download=true` or `?download=1`."""

    VALUES = {"": True, "true": True, "1": True, "false": False, "0": False}
    default_error_messages = {"invalid": serializers.BooleanField.default_error_messages["invalid"]}

    def get_value(self, dictionary: Mapping[str, Any]) -> Any:
        # DRF would take an empty value of a form for none.
        return dictionary.get(str(self.field_name), serializers.empty)

    def to_internal_value(self, data: str) -> bool:
        if data not in self.VALUES:
            self.fail("invalid")
        return self.VALUES[data]


class DownloadSerializer(serializers.Serializer[VoiceRequest]):
    """How the audio is wanted."""

    download = FlagField(
        default=False, help_text="Let the browser save the file in place of playing it. `?download` is enough."
    )
    format = fields.ChoiceField(
        choices=VoiceRequest.Format.choices, required=False, help_text="Unless the one that it was made in."
    )


class TextsSerializer(serializers.Serializer[VoiceRequest]):
    """The body of ``POST /api/texts``, as the Flask server took it."""

    uuid = fields.LenientTextField(source="client_uuid", validators=[SAFE_NAME])
    member_id = fields.LenientMemberField(queryset=MEMBERS, source="member", error_messages=UNKNOWN_MEMBER)
    text = SpeakableTextField()
    created_at = fields.LenientTextField(source="client_created_at", validators=[SAFE_NAME])

    def validate_member_id(self, member: Any) -> Any:
        return with_voice(member)


class SpokenTextsSerializer(serializers.Serializer[VoiceRequest]):
    """The answer of ``POST /api/texts``, as the Flask server gave it."""

    uuid = serializers.CharField()
    member_id = serializers.IntegerField()
    created_at = serializers.CharField()


class FailureSerializer(serializers.Serializer[VoiceRequest]):
    code = serializers.CharField(source="error_code")
    message = serializers.SerializerMethodField()
    detail = serializers.SerializerMethodField(help_text="For the people who run the service.")

    def get_detail(self, request: VoiceRequest) -> str:
        return shown_twice(request.error_detail)

    def get_message(self, request: VoiceRequest) -> str:
        return failure_message(request.error_code)


class DroppedSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    position = serializers.IntegerField(help_text="Position in the text, in characters from its start.")


class TrySerializer(serializers.ModelSerializer[VoiceRequest]):
    """The status of an earlier try."""

    error = serializers.SerializerMethodField()

    class Meta:
        model = VoiceRequest
        fields = read_only_fields = ["id", "status", "attempt", "error", "queued_at", "started_at", "finished_at"]

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_error(self, request: VoiceRequest) -> dict[str, str] | None:
        return FailureSerializer(request).data if request.error_code else None


class ReviewSerializer(serializers.Serializer[VoiceRequest]):
    """Whether the sound may be heard, as fans are told."""

    status = serializers.SerializerMethodField(
        help_text="`under_review`: heard once somebody approved it. `rejected`, `revoked`, `expired`: heard no more."
    )
    reason = serializers.SerializerMethodField(help_text="Of `rejected`.")
    message = serializers.SerializerMethodField(help_text="What to tell the fan; empty if there is nothing to tell.")

    @extend_schema_field(
        {"type": "string", "enum": ["not_required", "under_review", "approved", "rejected", "revoked", "expired"]}
    )
    def get_status(self, request: VoiceRequest) -> str:
        return request.withheld or request.review_status

    @extend_schema_field({"type": "string", "enum": RejectionReason.values, "nullable": True})
    def get_reason(self, request: VoiceRequest) -> str | None:
        return request.review_reason or None

    def get_message(self, request: VoiceRequest) -> str:
        return withheld_message(request)


class VoiceRequestSerializer(TrySerializer):
    """A request for speech, and how far it is."""

    uuid = serializers.CharField(read_only=True, source="client_uuid", label=_("client's uuid"))
    created_at = serializers.CharField(read_only=True, source="client_created_at", label=_("client's created_at"))
    priority = PriorityField()
    history = TrySerializer(
        many=True, source="earlier_tries", help_text="The requests that this one tries again, the latest first."
    )
    retries = serializers.SerializerMethodField(help_text="The requests that try this one again.")
    readings = serializers.DictField(child=serializers.CharField())
    dropped = DroppedSerializer(many=True)
    queue_position = serializers.IntegerField(source="place.position", allow_null=True)
    expected_seconds = serializers.FloatField(
        source="place.seconds_until_begun", allow_null=True, help_text="Estimated time until it is begun."
    )
    estimated_seconds = serializers.FloatField(
        source="place.seconds_until_finished", allow_null=True, help_text="Estimated time until it is finished."
    )
    worker_away = serializers.SerializerMethodField(help_text="It waits, and no worker is alive to speak it.")
    review = ReviewSerializer(source="*")
    audio = serializers.SerializerMethodField(help_text="`null` while there is none, or `review` withholds it.")
    audio_stream = serializers.SerializerMethodField(
        help_text="Streams the audio from its first sentence on, also while the request still waits."
    )

    class Meta:
        model = VoiceRequest
        fields = read_only_fields = [
            "id", "uuid", "created_at", "member", "text", "markup", "format", "speed", "seed", "readings", "priority",
            "retry_of", "history", "retries",
            "status", "attempt", "sentences_done", "sentences_total", "queue_position",
            "expected_seconds", "estimated_seconds", "worker_away",
            "spoken_text", "dropped", "duration_seconds", "review", "audio", "audio_stream", "error",
            "queued_at", "started_at", "finished_at",
        ]  # fmt: skip

    def get_retries(self, request: VoiceRequest) -> list[UUID]:
        # Only these can have retries; the others cost no query.
        return [again.pk for again in request.later_tries] if request.is_retryable else []

    def get_worker_away(self, request: VoiceRequest) -> bool:
        return request.place is not None and request.place.worker_away

    @extend_schema_field(_ADDRESS_OR_NULL)
    def get_audio(self, request: VoiceRequest) -> str | None:
        return reverse("voice-request-audio", args=[request.pk]) if request.is_audible else None

    @extend_schema_field(_ADDRESS_OR_NULL)
    def get_audio_stream(self, request: VoiceRequest) -> str | None:
        return reverse("voice-request-stream", args=[request.pk]) if request.may_be_given_out else None


class ErrorBodySerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(required=False)


class ErrorSerializer(serializers.Serializer[Any]):
    """The body of every error."""

    error = ErrorBodySerializer()


def with_voice(member: Any) -> Any:
    """Return the member, one of ``MEMBERS``; raises ``ValidationError`` if it has no active voice."""
    if not member.has_voice:
        raise serializers.ValidationError(failure_message("no_voice"), "no_voice")
    return member
