"""coqui-tts loads the tiny voice's files, and makes the same samples as we do."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from voices.synth.coqui import import_torchaudio

if TYPE_CHECKING:
    from pathlib import Path

    from voices.synth.voice import Voice


def test_stock_coqui_speaks_with_the_tiny_voice(tiny_root: Path, tiny_voice: Voice) -> None:
    import_torchaudio()
    from TTS.utils.synthesizer import Synthesizer  # can be imported only after torchaudio

    glow_tts, hifigan = tiny_root / "glow-tts" / "1", tiny_root / "hifigan-v2" / "1"
    synthesizer = Synthesizer(
        tts_checkpoint=str(glow_tts / "1g_checkpoint_1.pth.tar"),
        tts_config_path=str(glow_tts / "1g_config.json"),
        vocoder_checkpoint=str(hifigan / "1h_checkpoint_1.pth.tar"),
        vocoder_config=str(hifigan / "1h_config.json"),
    )
    jamo = unicodedata.normalize("NFD", "안녕하세요.")
    samples = np.asarray(synthesizer.tts(jamo), dtype=np.float32)
    ours = tiny_voice.waveform(tiny_voice.mel(tiny_voice.symbol_ids(jamo)))
    np.testing.assert_allclose(samples[: len(ours)], ours, atol=1e-5)
    assert not samples[len(ours) :].any()  # coqui's pause after the sentence
    assert np.abs(ours).max() > 0.1
