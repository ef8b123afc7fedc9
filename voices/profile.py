"""What fans read and see of a member, in Korean and, where it is given, in English."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from voices.constraints import validate_speakable
from voices.pictures import Picture, delete_picture

MAX_LINKS = 10
MAX_SUGGESTIONS = 12
GOLDEN_ANGLE = 137.5  # degrees: hues of neighbouring ids are far apart
_HTTPS = URLValidator(schemes=["https"])


def validate_links(links: Any) -> None:
    """Raise ``ValidationError`` unless it is a dictionary of a few names and addresses that begin with https://."""
    if not isinstance(links, dict) or len(links) > MAX_LINKS:
        raise ValidationError(_("Give at most %(most)d links.") % {"most": MAX_LINKS}, "invalid")
    for name, address in links.items():
        if not name or len(name) > 50:
            raise ValidationError(_("Name each link in at most 50 characters."), "invalid")
        _HTTPS(address)


class Profile(models.Model):
    """The fields of a member that fans are shown."""

    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True, db_default="")
    birth = models.DateField(_("birth"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=100, blank=True)
    position_en = models.CharField(_("position in English"), max_length=100, blank=True, db_default="")
    tmi = models.TextField(_("TMI"), blank=True, help_text=_("Little facts that fans like to know."))
    tmi_en = models.TextField(_("TMI in English"), blank=True, db_default="")
    links = models.JSONField(_("links"), default=dict, blank=True, validators=[validate_links])
    picture = models.ImageField(_("picture"), upload_to="member_pictures/", blank=True)
    hue = models.PositiveSmallIntegerField(
        _("hue"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(359)],
        help_text=_("Of the member's colour, in degrees: 25 is red, 72 amber, 158 green, 250 blue, 290 violet."),
    )
    greeting = models.CharField(
        _("greeting"),
        max_length=100,
        blank=True,
        db_default="",
        validators=[validate_speakable],
        help_text=_("A sentence by which fans get to know the voice. A worker speaks it, and again with a new voice."),
    )
    greeting_en = models.CharField(_("greeting in English"), max_length=200, blank=True, db_default="")

    class Meta:
        abstract = True

    @property
    def accent_hue(self) -> float:
        """The hue of the member's colour in degrees, chosen by the id where none is given, as the page does."""
        return float(self.hue) if self.hue is not None else (self.pk or 0) * GOLDEN_ANGLE % 360

    @property
    def has_profile(self) -> bool:
        """Whether anything of it was given beyond what members of before have."""
        return bool(self.hue is not None or self.greeting or self.name_en)

    def name_in(self, language: str | None) -> str:
        """Return the name for readers of a language."""
        return (self.name_en if language == "en" else "") or self.name

    def change_picture(self, picture: Picture | None) -> None:
        """Give the member another picture, or none. The one of before is deleted if no other member has it."""
        before = self.picture.name
        self.picture = picture.store() if picture else ""
        self.save(update_fields=["picture"])
        transaction.on_commit(lambda: self.forget_picture(before))

    @classmethod
    def forget_picture(cls, name: str | None) -> None:
        """Delete a picture that no member has any more."""
        if name and not cls._default_manager.filter(picture=name).exists():
            delete_picture(name)


class Suggestion(models.Model):
    """A sentence to start from, which fans are offered for a member."""

    member = models.ForeignKey("voices.Member", models.CASCADE, related_name="suggestions", verbose_name=_("member"))
    label = models.CharField(_("label"), max_length=20)
    label_en = models.CharField(_("label in English"), max_length=40, blank=True)
    text = models.CharField(_("text"), max_length=200, validators=[validate_speakable])
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")

    def __str__(self) -> str:
        return self.label
