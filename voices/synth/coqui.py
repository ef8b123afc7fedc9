"""Import what is needed of coqui-tts. Only this module imports it: it takes seconds and needs a workaround.

All imports are inside functions, so that web processes load neither torch nor coqui-tts.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


def import_torchaudio() -> ModuleType:
    """Import torchaudio even where its compiled library does not fit the installed torch.

    coqui-tts imports torchaudio before every model, though Glow-TTS and HiFi-GAN do not use it. PyPI's wheel of
    torchaudio links CUDA, so its library fails to load with a CPU build of torch. torchaudio works in pure Python if
    it finds no library; after a failed load, this function makes it believe that there is none.
    """
    try:
        import torchaudio
    except (OSError, RuntimeError):
        loader: Any = sys.modules["torchaudio._extension.utils"]
        loader._load_lib = lambda _library: False
        import torchaudio
    return torchaudio  # type: ignore[no-any-return]


def import_models() -> None:
    """Import the modules of both models, so that processes forked from this one do not have to."""
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

    # GlowTTS builds a tokenizer and takes the size of its embedding from it. Ids come from our own SymbolTable (coqui
    # would sort the symbols of legacy voices), so the tokenizer only needs a vocabulary of the right length.
    symbols = CharactersConfig(characters="?" * num_chars, punctuations="", pad="", is_unique=False, is_sorted=False)
    return GlowTTS(GlowTTSConfig(characters=symbols, phoneme_language="ko", **layers))


def hifigan_generator_class() -> Any:
    """Return coqui's `HifiganGenerator`."""
    import_torchaudio()
    from TTS.vocoder.models.hifigan_generator import HifiganGenerator

    return HifiganGenerator


def cleaners_module() -> Any:
    """Return coqui's module of text cleaners (`cleaners`)."""
    import_torchaudio()
    from TTS.tts.utils.text import cleaners

    return cleaners
