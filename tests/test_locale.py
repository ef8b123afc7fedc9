"""The Korean catalogue says everything that the code says, and is compiled."""

from gettext import GNUTranslations
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

REPOSITORY = Path(__file__).parent.parent
CATALOGUE = REPOSITORY / "locale" / "ko" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}

MessageId = str | tuple[str, ...]


def messages_in_code() -> set[MessageId]:
    found = (
        extract_from_dir(REPOSITORY / package, [("**.py", "python")], keywords=KEYWORDS)
        for package in ("forv", "training", "voices")
    )
    return {message for package in found for _, _, message, _, _ in package}


def test_every_message_is_translated_and_no_other() -> None:
    with (CATALOGUE / "django.po").open("rb") as file:
        catalogue = read_po(file, locale="ko")
    assert messages_in_code() == {message.id for message in catalogue if message.id}
    assert not [message.id for message in catalogue if message.id and not message.string]


def test_placeholders_are_kept() -> None:
    with (CATALOGUE / "django.po").open("rb") as file:
        assert not [error for message in read_po(file, locale="ko") for error in message.check()]


def test_the_compiled_catalogue_is_up_to_date() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    with (CATALOGUE / "django.po").open("rb") as file:
        for message in read_po(file, locale="ko"):
            match message.id:
                case (one, many):
                    assert (compiled.ngettext(one, many, 2),) == message.string, "run `make messages`"
                case str(text) if text:
                    assert compiled.gettext(text) == message.string, "run `make messages`"
