"""A folder of voices for a whole service: one member that speaks, and one whose weights can't be loaded."""

from pathlib import Path

from testing.tiny_voice import write_tiny_voice

LIVE_MEMBERS = """
[[member]]
id = 1
slug = "test"
name = "테스트 멤버"
position = "보컬"
mode = "pronounced"

[[member]]
id = 2
slug = "broken"
name = "고장난 멤버"
position = "댄스"
mode = "pronounced"
"""


def write_voice_model(root: Path) -> None:
    """Write into an empty folder a tiny voice for member 1, and one with truncated weights for member 2."""
    for voice_id in (1, 2):
        write_tiny_voice(root, voice_id)
    weights = root / "glow-tts" / "2" / "2g_checkpoint_1.pth.tar"
    weights.write_bytes(weights.read_bytes()[:1000])
    (root / "voices.toml").write_text(LIVE_MEMBERS, encoding="utf-8")
