"""The mean of a vocoder's weights at two stages, as the exporter takes it."""

from pathlib import Path

import torch

from training.blend_vocoder import blend
from training.models.configs import vocoder_config
from training.models.coqui import load_config
from training.voice.export import export


def test_a_blend_is_the_mean_and_counts_the_longest_runs_steps(tmp_path: Path) -> None:
    for name, value, step in (("later", 3.0, 500), ("earlier", 1.0, 200)):
        run = tmp_path / name
        run.mkdir()
        torch.save({"average": {"w": torch.tensor([value])}, "step": step, "steps_before": 100}, run / "vocoder.pth")
        vocoder_config().save_json(str(run / "vocoder_config.json"))
    blend([tmp_path / "later", tmp_path / "earlier"], tmp_path / "blend")

    config = load_config(str(tmp_path / "blend" / "vocoder_config.json"))
    written = export(tmp_path / "blend" / "vocoder.pth", config, tmp_path / "voice", "1h")
    assert written.name == "1h_checkpoint_600.pth.tar"
    assert torch.load(written, weights_only=True)["model"]["w"].tolist() == [2.0]
