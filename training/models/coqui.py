"""The parts of coqui-tts that training uses. Import them from here, because torchaudio needs a workaround first."""

from voices.synth.coqui import import_torchaudio

import_torchaudio()

from TTS.config import load_config  # noqa: E402
from TTS.config.shared_configs import BaseAudioConfig  # noqa: E402
from TTS.tts.configs.glow_tts_config import GlowTTSConfig  # noqa: E402
from TTS.tts.configs.shared_configs import CharactersConfig  # noqa: E402
from TTS.tts.models.glow_tts import GlowTTS  # noqa: E402
from TTS.tts.utils.helpers import sequence_mask  # noqa: E402
from TTS.tts.utils.text.tokenizer import TTSTokenizer  # noqa: E402
from TTS.utils.audio import AudioProcessor  # noqa: E402
from TTS.vocoder.configs.hifigan_config import HifiganConfig  # noqa: E402
from TTS.vocoder.models.hifigan_discriminator import HifiganDiscriminator  # noqa: E402
from TTS.vocoder.models.hifigan_generator import HifiganGenerator  # noqa: E402

__all__ = [
    "AudioProcessor",
    "BaseAudioConfig",
    "CharactersConfig",
    "GlowTTS",
    "GlowTTSConfig",
    "HifiganConfig",
    "HifiganDiscriminator",
    "HifiganGenerator",
    "TTSTokenizer",
    "load_config",
    "sequence_mask",
]
