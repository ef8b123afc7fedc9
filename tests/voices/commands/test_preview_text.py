"""manage.py preview_text: reads lines, prints a JSON object for each."""

import json
import os
import subprocess
import sys

import pytest

from testing.processes import REPOSITORY, free_port


@pytest.mark.parametrize("mode", ["spelled", "pronounced"])
def test_each_line_becomes_an_object(mode: str) -> None:
    lines = ["같이 갑시다.", "★ 3명", "", "😀"]
    completed = subprocess.run(
        [sys.executable, "manage.py", "preview_text", "--mode", mode],
        cwd=REPOSITORY,
        env={**os.environ, "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"},
        input="\n".join(lines),
        capture_output=True,
        text=True,
    )
    assert completed.returncode == 0, completed.stderr
    objects = [json.loads(line) for line in completed.stdout.splitlines()]
    assert [one["input"] for one in objects] == lines
    assert all(set(one) == {"input", "spoken", "pronunciation", "dropped"} for one in objects)
    together, persons, _, emoji = objects
    assert together["spoken"] == "같이 갑시다."
    assert together["pronunciation"].startswith("같이" if mode == "spelled" else "가치")
    assert persons["spoken"] == "세 명"
    assert persons["dropped"] == [{"text": "★", "position": 0}]
    assert emoji["spoken"] == ""
    assert "".join(part["text"] for part in emoji["dropped"]) == "😀"
    assert "\\u" not in completed.stdout
