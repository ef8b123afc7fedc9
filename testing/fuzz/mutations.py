"""Changes to the files of a voice, each drawn from a random generator."""

from __future__ import annotations

import io
import json
import pickle
import random
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

Mutation = Callable[[random.Random, bytes], bytes]

NUMBERS: list[Any] = [
    0, -1, 1, 2, 3, 7, 255, 65535, 2**31 - 1, 2**31, 2**53, 2**63, 10**400, 0.5, -0.0, 1e-300, 1e308, float("nan"),
    float("inf"), float("-inf"),
]  # fmt: skip
VALUES: list[Any] = [
    *NUMBERS,
    None,
    True,
    False,
    "",
    "a",
    "\ud800",
    "가" * 5000,
    "../../etc/passwd",
    [],
    [[]],
    {},
    {"a": 1},
]
NAMES = [
    b"os\nsystem", b"posix\nmkdir", b"builtins\neval", b"builtins\ngetattr", b"subprocess\nPopen", b"torch\nload",
    b"pathlib\nPosixPath", b"argparse\nNamespace", b"numpy\nndarray", b"collections\nOrderedDict", b"torch\nSize",
    b"torch._utils\n_rebuild_tensor_v2", b"torch._utils\n_rebuild_parameter", b"torch\nFloatStorage", b"a\nB",
]  # fmt: skip


def flip_bytes(chance: random.Random, content: bytes) -> bytes:
    """Change up to sixteen bytes anywhere."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 16)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def flip_ends(chance: random.Random, content: bytes) -> bytes:
    """Change bytes near the start or the end, where files describe themselves."""
    where = chance.choice([slice(0, 256), slice(-256, None)])
    part = flip_bytes(chance, content[where])
    return part + content[256:] if where.start == 0 else content[:-256] + part


def truncate(chance: random.Random, content: bytes) -> bytes:
    """Leave only the beginning."""
    return content[: chance.randrange(len(content) + 1)]


def splice(chance: random.Random, content: bytes) -> bytes:
    """Remove, repeat or move a piece."""
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    piece, target = content[start:end], chance.randrange(len(content) + 1)
    rest = content[:start] + content[end:]
    return chance.choice([rest, content[:target] + piece + content[target:], rest[:target] + piece + rest[target:]])


# --- checkpoints ---


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive, warnings.catch_warnings(action="ignore"):
        for name, member in members:
            archive.writestr(name, member)
    return file.getvalue()


def change_members(chance: random.Random, content: bytes) -> bytes:
    """Remove, rename, exchange, repeat, empty or lengthen members of the zip, or compress them."""
    members = list(_members(content).items())
    for _ in range(chance.randint(1, 3)):
        one, other = (chance.randrange(len(members)) for _ in range(2))
        name, member = members[one]
        match chance.randrange(7):
            case 0 if len(members) > 1:
                del members[one]
            case 1:
                members[one] = (name + chance.choice(["2", "/", "\0", "가", ".."]), member)
            case 2:
                members[one], members[other] = (name, members[other][1]), (members[other][0], member)
            case 3:
                members.append((name, chance.choice([member, b"", members[other][1]])))
            case 4:
                members[one] = (name, b"")
            case 5:
                members[one] = (name, member + bytes(chance.choice([1, 4, 10**6])))
            case _:
                members[one] = (name, flip_bytes(chance, member))
    return _zipped(members, chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


def change_pickle(chance: random.Random, content: bytes) -> bytes:
    """Change opcodes, names and numbers of the pickle inside; the zip around it is whole."""
    members = _members(content)
    (name,) = (name for name in members if name.endswith("/data.pkl"))
    members[name] = change_opcodes(chance, members[name])
    return _zipped(list(members.items()))


def change_opcodes(chance: random.Random, pickled: bytes) -> bytes:
    """Change opcodes, names and numbers of a pickle."""
    changed = bytearray(pickled)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed))
        number = chance.choice([0, 1, 255, 2**16, 2**31 - 1, 2**32 - 1])
        inserted = [
            bytes([chance.randrange(256)]),
            b"c" + chance.choice(NAMES) + b"\n",
            b"c" + chance.choice(NAMES) + b"\n)R",
            b"J" + struct.pack("<I", number),
            b"r" + struct.pack("<I", number),
            b"j" + struct.pack("<I", number),
            b"\x8d" + struct.pack("<Q", number),
            b"\x96" + struct.pack("<Q", number << 20),
            b"(" * chance.choice([1, 1000]),
            b"]" * 100 + b"a" * 100,
        ]
        if chance.random() < 0.4:
            changed[at] = chance.choice(b"(.0125FIJKLMNPQRSTUVX]abcdeghijlopqrstu}\x80\x81\x85\x86\x87\x88\x89\x8a\x8b")
        else:
            changed[at:at] = chance.choice(inserted)
    return bytes(changed)


def change_tensors(chance: random.Random, content: bytes) -> bytes:
    """Change the values, shape, type or name of weights, or what lies beside them."""
    checkpoint = torch.load(io.BytesIO(content), weights_only=True)
    model = checkpoint["model"]
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(sorted(model))
        tensor = model[name]
        match chance.randrange(9):
            case 0 if tensor.numel() and tensor.is_floating_point():
                changed = tensor.clone().reshape(-1)
                changed[chance.randrange(changed.numel())] = min(max(float(chance.choice(NUMBERS[:12])), -3e38), 3e38)
                model[name] = changed.reshape(tensor.shape)
            case 1:
                model[name] = tensor * chance.choice([0.0, 1e-30, -1.0, 30.0, 1e20, float("nan")])
            case 2:
                model[name] = tensor.to(chance.choice([torch.float16, torch.bfloat16, torch.float64, torch.int64]))
            case 3:
                model[name] = tensor.reshape(-1)[: chance.randrange(tensor.numel() + 1)]
            case 4:
                model[name] = torch.zeros(1).expand(chance.choice([1, 10**6, 10**10]))
            case 5:
                model[name] = tensor.T if tensor.ndim == 2 else tensor[None]
            case 6 if len(model) > 1:
                del model[name]
            case 7:
                model[chance.choice(["module.", "model_g.", ""]) + name + chance.choice(["", "_v", "_g"])] = tensor
            case _:
                checkpoint[chance.choice(["step", "optimizer", "config", "model_loss"])] = chance.choice(
                    [np.float64(1), {"a": [torch.ones(2)]}, Path.cwd(), None, {"model": model}]
                )
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):
        torch.save(checkpoint, file, _use_new_zipfile_serialization=chance.random() < 0.7)
    return file.getvalue()


# --- configs ---


def change_json(chance: random.Random, content: bytes) -> bytes:
    """Change, remove or add values anywhere in a config."""
    config = json.loads(content)
    for _ in range(chance.randint(1, 3)):
        places = list(_places(config))
        container, key = chance.choice(places)
        match chance.randrange(8):
            case 0:
                del container[key]
            case 1 | 2 | 3 | 4 if type(container[key]) in (int, float):
                container[key] = chance.choice([container[key] + 1, container[key] - 1, container[key] * 2, 0, 1, 2])
            case 5 if isinstance(container[key], int | float | str):
                container[key] = chance.choice([str(container[key]), [container[key]], {"a": container[key]}])
            case _:
                container[key] = chance.choice(VALUES)
        if not config:
            break
    text = json.dumps(config, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.1:
        text = text.replace(":", ": // a comment\n", chance.randint(1, 9))
    return text.encode(chance.choice(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "cp949"]), "replace")


def _places(container: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(container) if isinstance(container, dict) else range(len(container))
    for key in keys:
        yield container, key
        if isinstance(container[key], dict | list):
            yield from _places(container[key])


def nest(chance: random.Random, content: bytes) -> bytes:
    """Put brackets of one kind into the text, thousands of them."""
    at, signs = (
        chance.randrange(len(content) + 1),
        chance.choice([b"[", b'{"a":', b"a.", b"[[", b'"', b"{", b"\\", b"//"]),
    )
    return content[:at] + signs * chance.choice([10, 1000, 20_000]) + content[at:]


# --- statistics ---


def change_arrays(chance: random.Random, content: bytes) -> bytes:
    """Change the arrays of a statistics file."""
    statistics = np.load(io.BytesIO(content), allow_pickle=True).item()
    name = chance.choice(["mel_mean", "mel_std"])
    values = statistics[name]
    with np.errstate(all="ignore"):
        statistics[name] = chance.choice([
            values * 0, -values, values[1:], values[None], values * float("nan"), values * 1e308 * 10, values + 1e-300,
            values.astype(np.float32), values.astype(object), values.astype(complex), values.astype("U8"), values * 1e6,
            np.zeros(len(values), dtype=[("a", "f8")]), list(values), None, 1.0,
        ])  # fmt: skip
    file = io.BytesIO()
    np.save(file, chance.choice([statistics, statistics, statistics, values, [statistics]]), allow_pickle=True)
    return file.getvalue()


def change_statistics_pickle(chance: random.Random, content: bytes) -> bytes:
    """Change opcodes of the pickle in a statistics file."""
    start = content.index(pickle.PROTO, 10)
    return content[:start] + change_opcodes(chance, content[start:])


# --- cards ---


def change_toml(chance: random.Random, content: bytes) -> bytes:
    """Change, remove, repeat or add lines of a card."""
    lines = content.decode().splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        name = lines[at].partition(" = ")[0]
        value = chance.choice(
            ["nan", "inf", "-inf", "9" * 5000, "0x" + "f" * 40, "2026-13-45", "1979-05-27T07:32:00Z", "[]", "{}", '""',
             "{a = {a = 1}}", '"""' + "가" * 3000 + '"""', "true", "-1", "1e400", "[" * 150 + "]" * 150, "'\\ud800'"]
        )  # fmt: skip
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines.insert(at, f"{'a.' * chance.choice([1, 90, 5000])}b = {value}")
            case _:
                lines[at] = f"{name} = {value}"
        if not lines:
            break
    return "\n".join(lines).encode("utf-8", "replace")


_ANY: list[Mutation] = [flip_bytes, flip_ends, truncate, splice]
MUTATIONS: dict[str, list[Mutation]] = {
    "weights": [*_ANY, change_members, change_members, change_pickle, change_pickle, change_tensors, change_tensors],
    "config": [*_ANY, nest, change_json, change_json, change_json, change_json, change_json],
    "statistics": [*_ANY, change_arrays, change_arrays, change_statistics_pickle, change_statistics_pickle],
    "card": [*_ANY, nest, change_toml, change_toml, change_toml],
}
