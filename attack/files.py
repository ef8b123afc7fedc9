"""Voices that strangers made."""

import json
import tempfile
from pathlib import Path

from attack.connections import Attack
from attack.world import Skipped, World
from testing.processes import wait_until
from testing.tiny_voice import write_tiny_voice

ROLES = {
    ".pth": ("glow_tts", "hifigan"),
    ".json": ("glow_tts_config",),
    ".npy": ("glow_tts_statistics",),
    ".toml": ("card",),
}


def hostile_files(world: World) -> str:
    if world.hostile is None or not world.hostile.is_dir():
        raise Skipped("no folder was given: --hostile DIR")
    files = sorted(path for path in world.hostile.iterdir() if path.suffix in ROLES)
    ends: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_tiny_voice(Path(folder), 7)
        honest = {
            "glow_tts": Path(folder) / "glow-tts/7/7g_checkpoint_1.pth.tar",
            "glow_tts_config": Path(folder) / "glow-tts/7/7g_config.json",
            "hifigan": Path(folder) / "hifigan-v2/7/7h_checkpoint_1.pth.tar",
            "hifigan_config": Path(folder) / "hifigan-v2/7/7h_config.json",
        }
        for path in files:
            for role in ROLES[path.suffix]:
                pair = {name: (its.name, its.read_bytes()) for name, its in {**honest, role: path}.items()}
                if role == "glow_tts_statistics":
                    pair["glow_tts_config"] = "config.json", _asking_for_statistics(honest["glow_tts_config"])
                end = _bring(world, pair)
                assert end != "usable", f"{path.name} speaks as {role}"
                ends[end] = ends.get(end, 0) + 1
                world.fan_is_served()
    return f"{len(files)} files: " + ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))


def _asking_for_statistics(path: Path) -> bytes:
    """Return the config of the tiny voice with an address of statistics, which are read only then."""
    config = json.loads(path.read_text(encoding="utf-8"))
    config["audio"].update(signal_norm=True, stats_path="scale_stats.npy")
    return json.dumps(config).encode()


def _bring(world: World, pair: dict[str, tuple[str, bytes]]) -> str:
    """Upload a pair as staff; return how it ended: a status of the voice, or the refusal's code."""
    with world.client(**world.staff) as boss:
        given = {"member": "1", "mode": "pronounced"}
        answer = boss.post("/api/voices/", data=given, files=pair, timeout=60)
        if answer.status_code != 202:
            assert answer.status_code == 400, (answer.status_code, answer.text[:200])
            return f"refused ({answer.json()['error']['code']})"
        address = answer.headers["Location"]
        wait_until(lambda: boss.get(address).json()["status"] != "checking", 60)
        status: str = boss.get(address).json()["status"]
        return status


ATTACKS: tuple[tuple[str, Attack], ...] = (("hostile checkpoints, configs, statistics and cards", hostile_files),)
