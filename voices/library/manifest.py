"""``voice_model/voices.toml``: the members that come with the service, and how their voices read."""

import datetime
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from voices.synth import Mode


class ManifestSuggestion(TypedDict):
    """A sentence to start from."""

    label: str
    label_en: str
    text: str


@dataclass(frozen=True)
class ManifestMember:
    """A demo member. Its voice lies in the legacy folders for ``id``, or uses the vocoder of another number."""

    id: int
    slug: str
    name: str
    position: str = ""
    birth: datetime.date | None = None
    tmi: str = ""
    links: dict[str, str] = field(default_factory=dict)
    name_en: str = ""
    position_en: str = ""
    tmi_en: str = ""
    hue: int | None = None
    greeting: str = ""
    greeting_en: str = ""
    suggestions: list[ManifestSuggestion] = field(default_factory=list)
    mode: Mode = "spelled"
    vocoder: int | None = None  # the number of its folder, if that is not ``id``

    @property
    def glow_tts_dir(self) -> str:
        return legacy_folders(self.id)[0]

    @property
    def portrait(self) -> str:
        """The file of the portrait, which a member may have none of, below the voice model folder."""
        return f"portraits/{self.slug}.webp"

    @property
    def hifigan_dir(self) -> str:
        return legacy_folders(self.vocoder or self.id)[1]


def legacy_folders(voice_id: int) -> tuple[str, str]:
    """Return the folders of both models below the voice model folder, as the Flask server named them."""
    return f"glow-tts/{voice_id}", f"hifigan-v2/{voice_id}"


def read_manifest(voice_model_dir: Path) -> list[ManifestMember]:
    """Read the members in ``voices.toml``; none if there is no such file.

    Raises ``tomllib.TOMLDecodeError`` or ``TypeError`` if it is malformed.
    """
    path = voice_model_dir / "voices.toml"
    if not path.exists():
        return []
    with path.open("rb") as file:
        return [ManifestMember(**member) for member in tomllib.load(file).get("member", [])]
