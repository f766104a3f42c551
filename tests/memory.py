"""The most memory a process held, its own and nobody else's."""

from __future__ import annotations

from pathlib import Path

ROOT = str(Path(__file__).parents[1])
COMMAND_MEASURED = (
    f"import sys; sys.path.insert(0, {ROOT!r});"
    "from station.cli import dispatch; from tests.memory import peak_bytes;"
    "code = dispatch(sys.argv[1:]); print(peak_bytes() // 1024, file=sys.stderr); sys.exit(code)"
)
"""A program that runs one `station` command; the last word on stderr is its peak in kB."""


def peak_bytes() -> int:
    """The high-water mark of resident memory (VmHWM, proc(5)).

    Not getrusage's ru_maxrss: a child starts with its parent's, kept over the exec, so that a
    test would measure the test run.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
