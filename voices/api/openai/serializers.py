"""The body of ``POST /v1/audio/speech``, as OpenAI's clients write it.

What this service does not know is left unread, ``instructions`` and later fields of OpenAI's too: a voice speaks as its
member does.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from voices.api import fields
from voices.api.openai.listings import MODELS
from voices.api.serializers import MEMBERS, SpeakableTextField, with_voice
from voices.models import Member, VoiceRequest

FORMATS = ("mp3", "opus", "flac", "wav", "pcm")
VOICES_TOLD = 50  # in the answer to an unknown name
_LONGEST_NAME = 100


class ModelField(fields.TextField):
    default_error_messages = {"unknown_model": _("There is no such model here. Ask for one of: {models}.")}

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in MODELS:
            self.fail("unknown_model", models=", ".join(MODELS))
        return name


class VoiceField(serializers.Field[Member, Any, str, Any]):
    """A member by its slug or number: ``"rani"``, ``"1"``, or as OpenAI names custom voices ``{"id": "rani"}``."""

    default_error_messages = {
        "invalid": fields.TextField.default_error_messages["invalid"],
        "unknown_voice": _("There is no such voice here. Ask for one of: {voices}."),
    }

    def to_internal_value(self, data: Any) -> Member:
        name = fields.TextField(max_length=_LONGEST_NAME).run_validation(data["id"] if _is_object(data) else data)
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else 0
        # A slug may be a number, too.
        members = {member.slug == name: member for member in MEMBERS.filter(Q(slug=name) | Q(pk=number))}
        member = members.get(True) or members.get(False)
        if member is None:
            slugs = MEMBERS.filter(has_voice=True).values_list("slug", flat=True)[:VOICES_TOLD]
            self.fail("unknown_voice", voices=", ".join(slugs))
        found: Member = with_voice(member)
        return found


def _is_object(data: Any) -> bool:
    return isinstance(data, dict) and set(data) == {"id"}


class OneOfField(fields.ChoiceField):
    default_error_messages = {"invalid_choice": _("This can be one of: {choices}.")}

    def fail(self, key: str, **kwargs: Any) -> Any:
        super().fail(key, choices=", ".join(self.choices), **kwargs)


class SpeechSerializer(serializers.Serializer[VoiceRequest]):
    model = ModelField()
    input = SpeakableTextField()
    voice = VoiceField()
    response_format = OneOfField(choices=FORMATS, default="mp3")
    speed = fields.SpeedField(default=1.0)
    stream_format = OneOfField(choices=("audio", "sse"), default="audio")
