"""What every measurement prints alike: the machine, and how far its figures are spread."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

# What makes matrix products faster, from the oldest to the newest.
_EXTENSIONS = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16")


def machine() -> str:
    """Describe the processor, the cores that this process may use, the memory, and how busy the machine is."""
    model, flags = processor()
    found = " ".join(name for name in _EXTENSIONS if name in flags) or "no vector extensions known here"
    gibibytes = psutil.virtual_memory().total / 2**30
    return f"{model}: {len(os.sched_getaffinity(0))} cores ({found}), {gibibytes:.0f} GiB; {load()}"


def load() -> str:
    """Say how busy the machine has been in the last minute; other work makes every figure worse."""
    return f"load {os.getloadavg()[0]:.1f}"


def processor() -> tuple[str, frozenset[str]]:
    """Return the processor's name and its flags, as Linux tells them."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in reversed(lines))}
    return told.get("model name", platform.processor() or platform.machine()), frozenset(told.get("flags", "").split())


def spread(values: Sequence[float], factor: float = 1.0) -> str:
    """Say the median, the 95th percentile and the largest of `values`, each times `factor`, and how many there are."""
    median, p95 = np.percentile(values, [50, 95]) * factor
    return f"median {median:.3g}, p95 {p95:.3g}, most {max(values) * factor:.3g} (of {len(values)})"
