"""A small voice that speaks, as the contents of its files."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import msgspec
import numpy as np

from testing.tiny_voice import N_MELS, write_tiny_voice
from voices.intake.card import Data, TrainedModel, VoiceCard
from voices.intake.refusal import Part
from voices.intake.settings import ModelKind

Contents = dict[Part, bytes]


def contents(folder: Path) -> dict[ModelKind, Contents]:
    """Write the tiny voice below `folder`, and return its files with statistics and a card that fit it."""
    write_tiny_voice(folder)
    return {
        "glow_tts": {**_model(folder / "glow-tts" / "1"), "card": _card()},
        "hifigan": _model(folder / "hifigan-v2" / "1"),
    }


def _model(folder: Path) -> Contents:
    (weights,), (config,) = folder.glob("*.pth.tar"), folder.glob("*config.json")
    settings = json.loads(config.read_text(encoding="utf-8"))
    # Statistics that change nothing: the voice was made without.
    settings["audio"] |= {"signal_norm": True, "stats_path": "/content/scale_stats.npy"}
    file = io.BytesIO()
    statistics = {"mel_mean": np.zeros(N_MELS), "mel_std": np.ones(N_MELS)}
    np.save(file, statistics, allow_pickle=True)  # type: ignore[arg-type]  # numpy wraps the dict in an array
    return {"weights": weights.read_bytes(), "config": json.dumps(settings).encode(), "statistics": file.getvalue()}


def _card() -> bytes:
    model = TrainedModel("checkpoint_1.pth", "00" * 32, 1, 0)
    return msgspec.toml.encode(
        VoiceCard(
            name="하늘",
            mode="pronounced",
            licence="CC0-1.0",
            made_on=datetime.date(2026, 11, 24),
            data=Data("nobody", "CC0-1.0", 1, 1.0),
            acoustic_model=model,
            vocoder=model,
            versions={"torch": "2"},
        )
    )
