"""Change a value in the config of an exported model."""

import json
import pathlib
from collections.abc import Callable


def change_number(config: pathlib.Path, name: str, default: float, change: Callable[[float], float]) -> None:
    """Replace the number `name` of a config by what `change` makes of it, or of `default` where there is none."""
    values = json.loads(config.read_text(encoding="utf-8"))
    values[name] = change(values.get(name, default))
    unfinished = config.with_suffix(".part")
    unfinished.write_text(json.dumps(values, indent=4), encoding="utf-8")
    unfinished.replace(config)
