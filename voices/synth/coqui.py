"""The one door to coqui-tts: importing it takes seconds and needs a hand, so it happens here, and late."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


def import_torchaudio() -> ModuleType:
    """Import torchaudio even where its compiled library does not fit the installed torch.

    coqui-tts imports torchaudio on the way to every model, though Glow-TTS and HiFi-GAN use nothing of it. The
    registry's wheel links CUDA, so beside a CPU torch its library fails to load. torchaudio goes on in pure Python
    when it finds no library at all; after a failed load we tell it that there is none.
    """
    try:
        import torchaudio
    except (OSError, RuntimeError):
        loader: Any = sys.modules["torchaudio._extension.utils"]
        loader._load_lib = lambda _library: False
        import torchaudio
    return torchaudio  # type: ignore[no-any-return]


def import_models() -> None:
    """Import what both models need. Processes forked from this one then have it at once."""
    import_torchaudio()
    import TTS.tts.configs.glow_tts_config
    import TTS.tts.models.glow_tts
    import TTS.vocoder.models.hifigan_generator  # noqa: F401


def build_glow_tts(num_chars: int, layers: Mapping[str, Any]) -> Any:
    """Build coqui's `GlowTTS` for `num_chars` symbols; `layers` are keyword arguments of its `GlowTTSConfig`."""
    import_torchaudio()
    from TTS.tts.configs.glow_tts_config import GlowTTSConfig
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.models.glow_tts import GlowTTS

    # GlowTTS makes itself a tokenizer and takes the size of its embedding from there. We have our own table of
    # symbols (coqui's would sort the old ones), so it gets a vocabulary of the right length and is never asked for ids.
    symbols = CharactersConfig(characters="?" * num_chars, punctuations="", pad="", is_unique=False, is_sorted=False)
    return GlowTTS(GlowTTSConfig(characters=symbols, phoneme_language="ko", **layers))


def hifigan_generator_class() -> Any:
    """Return coqui's `HifiganGenerator`."""
    import_torchaudio()
    from TTS.vocoder.models.hifigan_generator import HifiganGenerator

    return HifiganGenerator


def characters_module() -> Any:
    """Return coqui's module of vocabulary classes."""
    import_torchaudio()
    from TTS.tts.utils.text import characters

    return characters


def cleaners_module() -> Any:
    """Return coqui's module of text cleaners."""
    import_torchaudio()
    from TTS.tts.utils.text import cleaners

    return cleaners
