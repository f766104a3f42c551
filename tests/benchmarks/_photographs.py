"""The photographs that measurements are taken on: drawn afresh, or the committed ones."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.pages.demo import FOLDER
from tests.pages.fonts import absent
from tests.pages.sets import benchmark, write

COUNT = 60
SEED = 4
LONG_SIDE_PX = 2000


def photographs(out: Path) -> Path:
    """A folder of photographs with their truth; made once in `out`, every situation twice.

    Where the typefaces are absent, the committed demo pages, and a line that says so.
    """
    if absent():
        sys.stderr.write(f"{absent()}: measured on the committed pages only\n")
        return FOLDER
    folder = out / "photographs"
    for index in range(COUNT):
        name, document, scene = benchmark(SEED, index, LONG_SIDE_PX)
        if not (folder / f"{name}.jpg").is_file():
            write(folder, name, document, scene)
    return folder
