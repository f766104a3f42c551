"""Whether a reader that reads for days grows: its memory over 1,000 readings.

Pieces of a dozen pages of all kinds, from two lines to twelve so that the run ends, are read over
and over by the chain as the station has it, in one process. The last row is the growth in 1,000
readings, by the line that fits best once all pieces have been read twice.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.benchmarks._readers import Asked, ours
from tests.benchmarks._reading_set import specimens
from tests.benchmarks.ocr_cost import sample

READS = 1000
EVERY = 50
LINES, MARGIN_PX = (2, 4, 12, 3), 30


def run(out: Path, *, reads: int = READS) -> list[dict[str, Any]]:
    """A row every 50 reads."""
    paths = _pieces(out)
    rows = []
    with Asked(ours("our chain", "chain"), out) as reader:
        for number in range(1, reads + 1):
            said = reader.read(paths[number % len(paths)])
            if number == 2 * len(paths) or number % EVERY == 0:
                rows.append({"pages": number, "MB": reader.rss_mb(), "peak MB": said.peak_mb})
                sys.stderr.write(f"\r{number} of {reads}, {rows[-1]['MB']:.0f} MB ")
    sys.stderr.write("\n")
    slope = np.polyfit([row["pages"] for row in rows], [row["MB"] for row in rows], 1)[0]
    return [*rows, {"pages": "growth in 1,000", "MB": round(float(slope) * 1000, 1)}]


def _pieces(out: Path) -> list[str]:
    """The first lines of each page, more of some than of others."""
    folder = out / "ocr-pieces"
    folder.mkdir(exist_ok=True)
    paths = []
    for number, page in enumerate(sample(specimens(out))):
        asked = [line for line in page.lines if line.asked]
        points = np.concatenate([line.box for line in asked[: LINES[number % len(LINES)]]])
        left, top = np.maximum(points.min(axis=0) - MARGIN_PX, 0).astype(int)
        right, bottom = (points.max(axis=0) + MARGIN_PX).astype(int)
        paths.append(str(folder / f"{page.name}.jpg"))
        cv2.imwrite(paths[-1], cv2.imread(page.path)[top:bottom, left:right])
    return paths
