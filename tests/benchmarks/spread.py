"""Which sheets are parted into two pages, and how far from the true gutter.

    python -m tests.benchmarks spread             # books and look-alikes made for the purpose
    python -m tests.benchmarks.spread FOLDER...   # any folders

FOLDER holds pictures, each with its truth beside it: a .json with `gutter` (two points in px, or
null where the sheet is one page). Pictures without one are taken for single pages.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.find import find
from station.imaging.page import parted
from station.imaging.spread import Spread
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._spreads import spreads
from tests.pages.fonts import absent

COUNT, SEED = 77, 1
SETTINGS = Imaging()
MARKED = {
    "a07_book_spread_black": ((357, 30), (388, 448)),
    "a08_ndl_spread_gray_stand": ((1045, 158), (1042, 1230)),
}
"""Gutters of the public pictures, by eye, to about 3 px."""
SUFFIXES = (".jpg", ".jpeg", ".png")


def tried(path: Path) -> dict:
    """What was said of one picture, and the truth."""
    picture = cv2.imread(str(path))
    begun = time.thread_time()
    finding = find(picture)
    found = time.thread_time()
    finding, said = parted(picture, finding, SETTINGS)
    spent = time.thread_time() - found
    kind, true = truth(path)
    return {
        "path": path, "kind": kind, "said": said, "true": true, "picture": picture,
        "quad": finding.quad, "ms": 1000 * spent, "share_of_find": spent / (found - begun),
    }  # fmt: skip


def truth(path: Path) -> tuple[str, np.ndarray | None]:
    told = path.with_suffix(".json")
    if not told.is_file():
        marked = MARKED.get(path.stem)
        return path.parent.name, None if marked is None else np.array(marked, float)
    fields = json.loads(told.read_text(encoding="utf-8"))
    gutter = fields.get("gutter")
    kind = fields.get("kind") or fields.get("genre") or path.parent.name
    return str(kind), None if gutter is None else np.array(gutter)


def error_share(said: Spread, true: np.ndarray) -> float:
    """How far the worse end of the gutter lies from the true line, in widths of the sheet."""
    (x0, y0), (x1, y1) = true
    way = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
    off = np.array(said.gutter) - true[0]
    width = 2 * np.linalg.norm(np.array(said.pages[0][0]) - said.pages[0][1])
    return float(np.abs(off[:, 0] * way[1] - off[:, 1] * way[0]).max() / width)


def summary(kind: str, rows: list[dict]) -> dict:
    """`found` of `books`, and `wrong`: single sheets that were parted."""
    books = [row for row in rows if row["true"] is not None]
    found = [row for row in books if row["said"]]
    errors = [error_share(row["said"], row["true"]) for row in found]
    return {
        "kind": kind,
        "pictures": len(rows),
        "books": len(books),
        "found": len(found),
        "wrong": sum(row["true"] is None and row["said"] is not None for row in rows),
        "median_error_%": round(100 * float(np.median(errors)), 2) if errors else "",
        "worst_error_%": round(100 * max(errors), 2) if errors else "",
        "median_ms": round(float(np.median([row["ms"] for row in rows])), 1),
        "share_of_find": round(float(np.median([row["share_of_find"] for row in rows])), 2),
    }


def overlay(row: dict) -> tuple[str, np.ndarray]:
    """The picture with its pages (first red), or the sheet."""
    said = row["said"]
    words = "one page" if said is None else f"two pages, {said.confidence:.2f}"
    picture = drawn(row["picture"], words, true=row["quad"] if said is None else said.pages[1])
    if said is not None:
        picture = drawn(row["picture"], words, said=said.pages[0], true=said.pages[1])
    return f"{row['path'].parent.name}-{row['path'].stem}", picture


def run(out: Path, folders: list[Path] | None = None) -> list[dict]:
    """One row a kind; leaves overlays in `out`/spread and spread.jpg, mistakes first."""
    cv2.setNumThreads(1)
    if not folders and absent():
        sys.stderr.write(f"{absent()}: nothing to measure\n")
        return []
    folders = folders or [spreads(out / "spreads", count=COUNT, seed=SEED)]
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    rows, pictures = [], []
    for path in (path for path in paths if path.suffix.lower() in SUFFIXES):
        row = tried(path)
        pictures.append(((row["true"] is None) == (row["said"] is None), overlay(row)))
        rows.append({key: row[key] for key in row if key != "picture"})
    contact_sheet(out / "spread", [picture for _, picture in sorted(pictures, key=lambda p: p[0])])
    kinds = dict.fromkeys(row["kind"] for row in rows)
    each = [summary(kind, [row for row in rows if row["kind"] == kind]) for kind in kinds]
    return [*each, summary("all", rows)]


if __name__ == "__main__":
    for line in run(Path("bench-out"), [Path(name) for name in sys.argv[1:]]):
        print(line)
