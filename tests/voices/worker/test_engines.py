"""A worker speaks with exported networks and without torch; where that fails, it says so and takes the reference."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from testing.processes import REPOSITORY
from voices.models import Member
from voices.synth.engine import Unexportable
from voices.synth.engine.exported import ExportedAcousticNetwork, ExportedEngine, ExportedVocoderNetwork
from voices.synth.engine.reference import ReferenceAcousticNetwork, ReferenceVocoderNetwork
from voices.worker import engines
from voices.worker.loaded_voices import LoadedVoices

PLENTY = 2**30


@pytest.fixture(autouse=True)
def fresh_engines() -> Iterator[None]:
    forget = engines.exported_engines.cache_clear
    forget()
    yield
    forget()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == engines.__name__]


def networks_of(member: Member) -> list[type]:
    return [type(network) for network in LoadedVoices(PLENTY).get(member.voices.get()).networks]


REFERENCE = [ReferenceAcousticNetwork, ReferenceVocoderNetwork]
EXPORTED = [ExportedAcousticNetwork, ExportedVocoderNetwork]


def test_voices_are_exported_and_the_precision_is_said(member: Member, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert networks_of(member) == EXPORTED
    assert said(caplog) == [f"OpenVINO speaks, in {ExportedEngine(1).precision}"]


def test_without_openvino_torch_speaks_and_it_is_said(
    member: Member, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "voices.synth.engine.exported", None)
    with caplog.at_level(logging.INFO):
        engines.import_engine()
        assert networks_of(member) == REFERENCE
    (message,) = said(caplog)
    assert message.startswith("OpenVINO can't be used, so torch speaks")


def test_a_voice_that_openvino_gets_wrong_is_spoken_by_torch_and_it_is_said(
    member: Member, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode_wrongly(network: ExportedAcousticNetwork, latent: Any) -> Any:
        return latent[:, ::-1]

    monkeypatch.setattr(ExportedAcousticNetwork, "decode", decode_wrongly)
    with caplog.at_level(logging.WARNING):
        assert networks_of(member) == REFERENCE
    messages = said(caplog)
    assert len(messages) == len(engines.exported_engines())
    for message in messages:
        assert "can't speak with 1g_checkpoint_1.pth.tar and 1h_checkpoint_1.pth.tar: this machine computes" in message


def test_where_only_the_lower_precision_is_wrong_single_precision_speaks(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(ExportedEngine):
        def vocoder_network(self, source: Any) -> Any:
            raise Unexportable("wrong")

    exact = ExportedEngine(1, "f32")
    monkeypatch.setattr(engines, "exported_engines", lambda: (Wrong(1), exact))
    assert networks_of(member) == EXPORTED


@pytest.mark.parametrize(("missing", "warnings"), [("openvino", ["voices.W001"]), ("torch", []), ("", [])])
def test_a_worker_without_openvino_fails_its_system_check(
    missing: str, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voices.worker.checks.find_spec", lambda name: None if name == missing else find_spec(name))
    assert [message.id for message in run_checks(tags=["speech"])] == warnings


def test_a_gpu_is_used_by_torch(settings: Any) -> None:
    settings.DEVICE = "cuda"
    assert engines.exported_engines() == ()


SPEAK = """
import sys, django
django.setup()
from voices.worker import engines, warm_up
warm_up.import_for_workers()
from pathlib import Path
from voices.library.converted import converted_model, hashes_of
from voices.synth import synthesize
from voices.synth.models import find_model
models = []
for kind, name in (("glow_tts", "glow-tts/1"), ("hifigan", "hifigan-v2/1")):
    paths = find_model(Path(sys.argv[1]) / name, kind)
    models.append(converted_model(name, paths, hashes_of(paths)))
voice = engines.voice_of_fastest_engine(*models, "pronounced")
speech = synthesize(voice, "안녕하세요.", plausible_only=True)
assert 0.5 < speech.duration_seconds < 3
assert "openvino" in sys.modules
assert not {"torch", "torchaudio", "TTS", "librosa", "numba"} & set(sys.modules)
"""


def run(code: str, *arguments: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "testing.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("voice_model", ["a tiny voice", "a demo voice"])
def test_speaking_loads_neither_torch_nor_coqui(voice_model: str, voice_model_dir: Path, tmp_path: Path) -> None:
    folder = voice_model_dir if voice_model == "a tiny voice" else REPOSITORY / "voice_model"
    run(SPEAK, str(folder), FORV_BROUGHT_VOICES_DIR=str(tmp_path))


def test_the_web_process_loads_no_engine() -> None:
    run(
        "import sys, forv.asgi, voices.worker.warm_up\n"
        "assert not {'torch', 'TTS', 'openvino', 'scipy', 'librosa'} & set(sys.modules), sys.modules.keys()"
    )
