"""An export is made once, beside the conversion, anew for another version, and only of weights that fit exactly."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import openvino
import pytest
import safetensors.numpy

from tests.synth.engine.conftest import N_MELS, MakeModel
from voices.intake import sandbox
from voices.synth.engine import Unexportable, export
from voices.synth.engine.export import export_folder
from voices.synth.engine.exported import ExportedEngine
from voices.synth.models import ConvertedModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Weights = dict[str, NDArray[np.float32]]

ENGINE = ExportedEngine(1, "f32")


def edit(source: ConvertedModel, change: Callable[[Weights], object]) -> None:
    path = source.folder / sandbox.WEIGHTS
    weights = safetensors.numpy.load(path.read_bytes())
    change(weights)
    safetensors.numpy.save_file(weights, path)


def test_a_model_is_exported_once(make_glow_tts: MakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_glow_tts()
    folder = export_folder(source)
    assert folder.parent == source.folder
    assert {path.name for path in folder.iterdir()} == {"encoder.xml", "encoder.bin", "decoder.xml", "decoder.bin"}
    monkeypatch.setattr(openvino, "save_model", None)  # a second export would fail
    assert export_folder(source) == folder
    assert not list(source.folder.glob("incomplete-*"))


def test_another_version_of_the_exporter_or_of_openvino_exports_anew_and_the_old_one_goes(
    make_hifigan: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_hifigan()
    first = export_folder(source)
    monkeypatch.setattr(export, "VERSION", export.VERSION + 1)
    second = export_folder(source)
    assert second != first and not first.exists()
    monkeypatch.setattr(openvino, "get_version", lambda: "2099.1.0-1-releases")
    third = export_folder(source)
    assert third not in (first, second) and not second.exists()


def test_two_processes_may_export_at_the_same_moment(make_hifigan: MakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_hifigan()
    folder = export_folder(source)
    other = folder.with_name("other")
    folder.rename(other)
    save = openvino.save_model

    def save_later(*arguments: object, **options: object) -> None:
        if not folder.exists():
            shutil.copytree(other, folder)  # what another process made meanwhile
        save(*arguments, **options)

    monkeypatch.setattr(openvino, "save_model", save_later)
    assert export_folder(source) == folder
    assert not list(source.folder.glob("incomplete-*"))


@pytest.mark.parametrize(
    "change",
    [
        lambda weights: weights.pop("encoder.proj_m.bias"),
        lambda weights: weights.update({"encoder.more.weight": np.zeros(3, np.float32)}),
        lambda weights: weights.update({"encoder.proj_m.bias": np.zeros(N_MELS + 1, np.float32)}),
        lambda weights: weights.update({"encoder.proj_m.bias": np.zeros(N_MELS, np.float64)}),
        lambda weights: weights["decoder.flows.1.weight"].fill(0),
        lambda weights: weights.pop("decoder.flows.2.start.parametrizations.weight.original0"),
    ],
    ids=["missing", "of no layer", "another shape", "another type", "not invertible", "no magnitude"],
)
def test_weights_that_do_not_fit_are_not_exported(
    change: Callable[[Weights], object], make_glow_tts: MakeModel
) -> None:
    source = make_glow_tts()
    edit(source, change)
    with pytest.raises(Unexportable):
        export_folder(source)
    assert {path.name for path in source.folder.iterdir()} == {sandbox.WEIGHTS, sandbox.SETTINGS}


def test_layers_that_are_not_known_exactly_are_left_to_the_reference(make_hifigan: MakeModel) -> None:
    source = make_hifigan(upsample_factors=[4, 4], upsample_kernel_sizes=[9, 8])
    with pytest.raises(Unexportable, match=r"ups\.0 makes other than 4 steps"):
        export_folder(source)


def test_a_folder_that_can_not_be_written_is_left_to_the_reference(
    make_hifigan: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError("read-only")

    source = make_hifigan()
    monkeypatch.setattr("voices.synth.engine.export.tempfile.mkdtemp", refuse)
    with pytest.raises(Unexportable, match="can't be written: read-only"):
        export_folder(source)


class TestUse:
    def test_a_network_is_checked_once_on_each_machine(
        self, make_hifigan: MakeModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = make_hifigan()
        ExportedEngine(1, "f32").vocoder_network(source)
        assert len(list(export_folder(source).glob("checked-*"))) == 1
        monkeypatch.setattr("voices.synth.engine.exported.evaluate", None)  # a second check would fail
        ExportedEngine(1, "f32").vocoder_network(source)
        (passed,) = export_folder(source).glob("checked-*")
        passed.rename(passed.with_name("checked-on-another-machine"))
        with pytest.raises(TypeError):
            ExportedEngine(1, "f32").vocoder_network(source)

    @pytest.mark.parametrize("n_samples", [0, 256])  # of each frame
    def test_a_network_that_computes_something_else_is_not_used(
        self, n_samples: int, make_hifigan: MakeModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = make_hifigan()
        generate = "voices.synth.engine.exported.ExportedVocoderNetwork.generate"
        monkeypatch.setattr(generate, lambda network, features: np.full(features.shape[1] * n_samples, 0.1, np.float32))
        with pytest.raises(Unexportable, match="this machine computes other samples"):
            ExportedEngine(1, "f32").vocoder_network(source)
        assert not list(export_folder(source).glob("checked-*"))
        monkeypatch.undo()
        ExportedEngine(1, "f32").vocoder_network(source)

    @pytest.mark.parametrize("content", [b"", b"<net/>", bytes(99)], ids=["empty", "XML", "zeros"])
    def test_a_damaged_export_is_not_used(self, content: bytes, make_glow_tts: MakeModel) -> None:
        source = make_glow_tts()
        (export_folder(source) / "decoder.xml").write_bytes(content)
        with pytest.raises(Unexportable):
            ExportedEngine(1, "f32").acoustic_network(source)

    def test_voices_with_the_same_vocoder_share_it(self, make_hifigan: MakeModel) -> None:
        source, other = make_hifigan(), make_hifigan()
        engine = ExportedEngine(1, "f32")
        first = engine.vocoder_network(source)
        assert engine.vocoder_network(source) is first
        assert engine.vocoder_network(other) is not first
        assert first.memory_bytes > 10_000
