"""Web processes import voices.synth and read texts without torch; nothing opens a network connection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_reading_and_encoding_load_neither_torch_nor_coqui_nor_django() -> None:
    run(
        "import sys\n"
        "import voices.synth, voices.synth.models, voices.synth.errors, voices.synth.speech\n"
        "import numpy\n"
        "voices.synth.read('3시 BTS game 값이', 'pronounced')\n"
        "voices.synth.encode(numpy.zeros(9, dtype='float32'), 22050, 'wav')\n"
        "assert not {'torch', 'torchaudio', 'TTS', 'django'} & set(sys.modules), sys.modules.keys()\n"
    )


def test_importing_synth_loads_no_dictionary() -> None:
    run("import sys, voices.synth; assert not {'g2pk', 'nltk', 'mecab', 'soundfile'} & set(sys.modules)")


NO_NETWORK = (
    "import socket\n"
    "def refuse(*args, **kwargs): raise AssertionError('network')\n"
    "socket.socket.connect = socket.getaddrinfo = refuse\n"
)


def test_the_first_reading_needs_no_network_and_no_nltk() -> None:
    code = NO_NETWORK + "import sys; from voices.synth import read\n"
    code += "print(read('game 값이', 'pronounced').pronunciation, {'nltk', 'g2pk'} & set(sys.modules))"
    assert run(code).strip() == "게임 갑씨 set()"


def test_loading_a_voice_opens_no_connection_and_prints_nothing(tiny_root: Path) -> None:
    code = NO_NETWORK + f"from voices.synth import load_voice; load_voice({str(tiny_root / 'glow-tts/1')!r}, "
    code += f"{str(tiny_root / 'hifigan-v2/1')!r})"
    assert run(code) == ""


def test_reading_does_not_depend_on_pythons_hash_seed() -> None:
    code = (
        "from voices.synth import read\n"
        "text = '3시 30분, 3시간 12개와 1번, 2번째 game old school 1,234원 010-1234-5678 BTS ㅋㅋ'\n"
        "print(read(text, 'pronounced'))"
    )
    assert len({run(code, PYTHONHASHSEED=seed) for seed in ("0", "1", "77")}) == 1
