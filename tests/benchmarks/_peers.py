"""The programs we are measured against, in an environment of their own (see peers/install)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "peers"
QUICK = ("jdeskew", "leptonica")
SLOW = ("jdeskew_full", "deskew", "deskew_fine", "tesseract", "unpaper")
EVERY = 8
"""Slow peers are asked about every eighth page only."""


def said_of(folder: Path, environment: Path) -> list[dict[str, Any]]:
    """Every peer's answers on the pages of `folder`."""
    return asked_of(folder, environment, [*QUICK, *(f"{name}:{EVERY}" for name in SLOW)])


def asked_of(folder: Path, environment: Path, asked: list[str]) -> list[dict[str, Any]]:
    """The answers of peers on the pages of `folder`: method, name, angle_deg or None, cpu_ms.

    `asked` are their names, `:4` behind one asks it about every fourth page. Empty, with a line
    that says so, where the environment cannot be made.
    """
    if not environment_of(environment, "requirements.txt"):
        return []
    command = [str(environment / "bin/python"), str(HERE / "turns.py"), str(folder), *asked]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def environment_of(folder: Path, requirements: str) -> Path | None:
    """The environment `folder`, made if it is not there; None, loudly, where it cannot be."""
    made = subprocess.run([str(HERE / "install"), str(folder), requirements], check=False)
    if made.returncode:
        sys.stderr.write("=== NO PEERS: their environment could not be made\n")
        return None
    return folder
