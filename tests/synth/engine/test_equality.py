"""Exported networks say what the reference says: within 40 dB in single precision, 20 dB in bfloat16."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.synth.engine.conftest import N_MELS, N_SYMBOLS, MakeModel
from voices.library.manifest import read_manifest
from voices.synth.engine.exported import BACK_WINDOWS, FRONT_WINDOWS, ExportedEngine
from voices.synth.engine.reference import ReferenceEngine
from voices.synth.models import ConvertedModel, convert_model, find_model
from voices.synth.voice import Voice

if TYPE_CHECKING:
    from numpy.typing import NDArray

VOICE_MODEL = Path(__file__).resolve().parents[3] / "voice_model"
REFERENCE = ReferenceEngine()
EXACT = ExportedEngine(1, "f32")
FAST = ExportedEngine(1)

ENCODER = {"kernel_size": 3, "num_layers": 2, "num_heads": 2, "hidden_channels_ffn": 32}
ACOUSTIC_VARIANTS: dict[str, dict[str, Any]] = {
    "as the recipe": {},
    "deviations, sigmoid scale": {"mean_only": False, "sigmoid_scale": True},
    "relative positions": {"encoder_params": {**ENCODER, "rel_attn_window_size": 3, "num_heads": 4}},
    "near positions only": {"encoder_params": {**ENCODER, "input_length": 4, "layer_norm_type": "2"}},
    "no prenet, wide groups": {"use_encoder_prenet": False, "num_squeeze": 4, "num_splits": 8},
    "dilated, no groups": {"dilation_rate": 2, "num_squeeze": 1, "kernel_size_dec": 3},
}
VOCODER_VARIANTS: dict[str, dict[str, Any]] = {
    "as the recipe": {},
    "blocks of type 2": {"resblock_type": "2", "resblock_dilation_sizes": [[1, 3]] * 3},
    "other factors": {"upsample_factors": [4, 5, 3], "upsample_kernel_sizes": [10, 11, 3]},
    "one stage": {"upsample_factors": [16], "upsample_kernel_sizes": [32]},
}


def agreement(expected: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    """Return the signal-to-noise ratio in dB."""
    assert found.shape == expected.shape
    assert found.dtype == np.float32
    noise = np.square(expected.astype(np.float64) - found).sum()
    return float(10 * np.log10((np.square(expected.astype(np.float64)).sum() + 1e-10) / (noise + 1e-20)))


@pytest.mark.parametrize("variant", ACOUSTIC_VARIANTS)
def test_an_acoustic_network_agrees_with_the_reference(variant: str, make_glow_tts: MakeModel) -> None:
    source = make_glow_tts(**ACOUSTIC_VARIANTS[variant])
    reference, exported = REFERENCE.acoustic_network(source), EXACT.acoustic_network(source)
    random = np.random.default_rng(0)
    for n_symbols in (1, 2, 9, 40):
        ids = random.integers(0, N_SYMBOLS, n_symbols).tolist()
        right, found = reference.encode(ids), exported.encode(ids)
        assert agreement(right.mean, found.mean) > 40
        assert agreement(right.log_scale, found.log_scale) > 40
        assert agreement(right.log_durations, found.log_durations) > 40
    for n_frames in (4, 31, 100):
        latent = random.standard_normal((N_MELS, n_frames), np.float32)
        assert agreement(reference.decode(latent), exported.decode(latent)) > 40


@pytest.mark.parametrize("variant", VOCODER_VARIANTS)
def test_a_vocoder_agrees_with_the_reference_at_every_length(variant: str, make_hifigan: MakeModel) -> None:
    source = make_hifigan(**VOCODER_VARIANTS[variant])
    reference, exported = REFERENCE.vocoder_network(source), EXACT.vocoder_network(source)
    for n_frames in (1, 12, *FRONT_WINDOWS, *BACK_WINDOWS, 33, 105, 300):
        features = np.random.default_rng(n_frames).normal(0, 2, (N_MELS, n_frames)).astype(np.float32)
        expected = reference.generate(features)
        assert np.abs(expected).max() > 0.01
        assert agreement(expected, exported.generate(features)) > 40


@pytest.fixture(scope="module")
def demo_sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[ConvertedModel, ConvertedModel]:
    folder = tmp_path_factory.mktemp("converted")
    demo = read_manifest(VOICE_MODEL)[0]
    return (
        convert_model(find_model(VOICE_MODEL / demo.glow_tts_dir, "glow_tts"), folder),
        convert_model(find_model(VOICE_MODEL / demo.hifigan_dir, "hifigan"), folder),
    )


def spoken(sources: tuple[ConvertedModel, ConvertedModel], engine: Any) -> tuple[Any, NDArray[np.float32]]:
    voice = Voice(*sources, "pronounced", engine)
    ids = voice.symbol_ids("안녕하세요, 반갑씀니다.")
    utterance = voice.utterance(ids, voice.noise_scale, voice.length_scale, seed=3)
    return utterance, voice.waveform(utterance.mel)


def test_a_demo_voice_speaks_as_the_reference_does(demo_sources: tuple[ConvertedModel, ConvertedModel]) -> None:
    utterance, waveform = spoken(demo_sources, REFERENCE)
    exact_utterance, exact_waveform = spoken(demo_sources, EXACT)
    np.testing.assert_array_equal(exact_utterance.frames_per_symbol, utterance.frames_per_symbol)
    assert agreement(utterance.mel, exact_utterance.mel) > 40
    assert agreement(waveform, exact_waveform) > 40


@pytest.mark.skipif(FAST.precision == "f32", reason="this processor has no faster precision")
def test_the_fast_precision_is_near_and_keeps_the_durations(
    demo_sources: tuple[ConvertedModel, ConvertedModel],
) -> None:
    utterance, waveform = spoken(demo_sources, REFERENCE)
    fast_utterance, fast_waveform = spoken(demo_sources, FAST)
    np.testing.assert_array_equal(fast_utterance.frames_per_symbol, utterance.frames_per_symbol)
    assert 20 < agreement(utterance.mel, fast_utterance.mel) < 100
    assert fast_waveform.shape == waveform.shape
