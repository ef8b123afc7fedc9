"""Say why a text can't be spoken, before anybody waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _
from rest_framework.serializers import ValidationError

from voices.synth import Markup, Spoken, read
from voices.synth.text.parts import keeps_pauses_in_bounds
from voices.synth.text.ssml import SsmlError

_MESSAGES = {
    "nothing_to_say": _("There is nothing in the text that can be spoken."),
    "pause_out_of_range": _("A pause is 0.1 to 10 seconds long, and all of them together at most 10 seconds."),
    "ssml_malformed": _("The SSML is not well-formed at line {line}, character {column}."),
    "ssml_unsupported": _("{what} is not supported (line {line}, character {column})."),
    "ssml_value": _("The value of {what} can't be used (line {line}, character {column})."),
}


def refuse_unspeakable(text: str, markup: Markup) -> None:
    """Raise ``ValidationError`` for pauses out of bounds, SSML that is not understood, and what says nothing."""
    _refuse_pauses(text, markup)
    if not _reading(text, markup).sentences:
        raise ValidationError(_MESSAGES["nothing_to_say"], "nothing_to_say")


def refuse_unreadable(text: str, markup: Markup) -> None:
    """Raise ``ValidationError`` for pauses out of bounds and SSML that is not understood."""
    _refuse_pauses(text, markup)
    if markup != "none":
        _reading(text, markup)


def _refuse_pauses(text: str, markup: Markup) -> None:
    if markup == "none" and not keeps_pauses_in_bounds(text):
        raise ValidationError(_MESSAGES["pause_out_of_range"], "pause_out_of_range")


def _reading(text: str, markup: Markup) -> Spoken:
    try:
        return read(text, markup=markup)
    except SsmlError as error:
        message = _MESSAGES[error.code].format(what=error.what, line=error.line, column=error.column)
        raise ValidationError(message, error.code) from error


@contextmanager
def of_field(name: str) -> Iterator[None]:
    """Name the field of a ``ValidationError`` that is raised inside."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from error
