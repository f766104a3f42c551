"""Whether a reader that reads for days grows: its memory over 1,000 pages.

A dozen pages of all kinds and sizes, made smaller so that the run ends, are read over and over by
the chain as the station has it, in one process. The last row is the growth in 1,000 pages, by the
line that fits best once all pages have been seen twice.
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
SHARES = (0.25, 0.3, 0.4)
"""Of the pages' sides."""


def run(out: Path, *, reads: int = READS) -> list[dict[str, Any]]:
    """A row every 50 reads."""
    paths = _small(out)
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


def _small(out: Path) -> list[str]:
    folder = out / "ocr-small"
    folder.mkdir(exist_ok=True)
    paths = []
    for number, page in enumerate(sample(specimens(out))):
        share = SHARES[number % len(SHARES)]
        small = cv2.resize(
            cv2.imread(page.path), None, fx=share, fy=share, interpolation=cv2.INTER_AREA
        )
        paths.append(str(folder / f"{page.name}.jpg"))
        cv2.imwrite(paths[-1], small)
    return paths
