"""What the machine says of itself: its processor, its memory, whether it is too hot."""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from pathlib import Path

from station.model import Noun

ROOT = Path("/")
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
"""Of a Raspberry Pi, in hex: bits 0 to 3 say what holds now, 16 to 19 what held since the start
(Raspberry Pi documentation, vcgencmd get_throttled)."""
TROUBLES = ("under-voltage", "capped", "throttled", "soft-limit")
SINCE_START = 16


class Machine(Noun, frozen=True, kw_only=True):
    """`troubles` hold now, `troubles_before` held since the start; None where nobody tells."""

    model: str
    system: str
    cores: int
    memory_mb: int
    temperature_c: float | None
    troubles: tuple[str, ...] | None
    troubles_before: tuple[str, ...] | None


def this_machine(root: Path = ROOT) -> Machine:
    """The machine as its kernel describes it; `root` is where proc and sys stand."""
    millidegrees = _said(root / "sys/class/thermal/thermal_zone0/temp")
    bits = _said(root / THROTTLED)
    memory = re.search(r"MemTotal:\s+(\d+) kB", _said(root / "proc/meminfo"))
    return Machine(
        model=_model(root),
        system=platform.platform(),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=int(memory[1]) // 1024 if memory else 0,
        temperature_c=int(millidegrees) / 1000 if millidegrees.isdecimal() else None,
        troubles=_troubles(bits, 0),
        troubles_before=_troubles(bits, SINCE_START),
    )


def peak_mb() -> int:
    """The most memory this process held so far (VmHWM, proc(5)); 0 where nobody tells."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", _said(ROOT / "proc/self/status"))
    return int(peak[1]) // 1024 if peak else 0


def _model(root: Path) -> str:
    board = _said(root / "proc/device-tree/model").strip("\0")
    named = re.search(r"^model name\s*:\s*(.+)$", _said(root / "proc/cpuinfo"), re.MULTILINE)
    return board or (named[1] if named else platform.machine())


def _troubles(bits: str, shift: int) -> tuple[str, ...] | None:
    with suppress(ValueError):
        held = int(bits, 16) >> shift
        return tuple(name for bit, name in enumerate(TROUBLES) if held >> bit & 1)
    return None


def _said(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace").strip()
    return ""
