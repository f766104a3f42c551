"""How well pages are laid out: reading order, tables, and what is told apart from the body.

Similarity is 1 - Levenshtein distance / length of the longer, over the whole page's characters.
First the order alone: the true lines of drawn pages, shuffled, with perfect boxes, with loose ones,
and with such as an engine gives (`_laid_pages`). Then end to end, with the real engine on
photographs and on the real pictures that have a text. Two plain orders stand beside it.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from firmware_config.schema import Ocr
from station.imaging.page import dress
from station.imaging.stand import Stand
from station.layout.arrange import laid_out
from station.model import Line, Text
from station.ocr.paddle import PaddleEngine
from tests.benchmarks._grid_score import f1, found_cells, matched, true_cells
from tests.benchmarks._laid_pages import VERTICAL, Laid, loosened, noisy, pages
from tests.benchmarks._order_peers import sorted_boxes, xy_cut
from tests.benchmarks.ocr import ROOT, error_rate
from tests.pages.sets import INTRICATE, benchmark, taken

SEED = 23
EACH = 5
"""Pages of every genre: 135 in all."""
SITUATIONS = ("wood", "dark-desk", "tiles", "curl")
PHOTOGRAPHS = 12
LONG_SIDE_PX = 2600
REAL = Path(os.environ.get("STATION_SHARED", ROOT / "../shared")) / "images"
BOXES: dict[str, Callable[[Laid, np.random.Generator], Laid]] = {
    "perfect": lambda page, rng: page,
    "loose": loosened,
    "noisy": noisy,
}
Row = dict[str, Any]


def run(out: Path) -> list[Row]:
    """Rows of the order, of tables, of roles, and of every page read end to end."""
    measured: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for number, page in enumerate(pages(SEED, EACH)):
        for boxes, change in BOXES.items():
            rng = np.random.default_rng(number)
            row = _measured(change(page, rng), rng)
            side = "vertical" if page.genre in VERTICAL else "modern"
            measured[boxes, f"all {side}"].append(row)
            measured[boxes, page.genre].append(row)
    rows = [_summed(boxes, pages_, rows) for (boxes, pages_), rows in measured.items()]
    rows.sort(key=lambda row: (list(BOXES).index(row["boxes"]), not row["pages"].startswith("all")))
    return rows + list(_end_to_end(out / "order"))


def similarity(lines: Sequence[Line], truth: str) -> float:
    """Of the lines' text, in their order, to the truth; 1.0 is the same."""
    told = "".join(line.text for line in lines)
    longest = max(len("".join(told.split())), len("".join(truth.split())), 1)
    return 1 - error_rate(told, truth) * len("".join(truth.split())) / longest


def _measured(page: Laid, rng: np.random.Generator) -> Row:
    bare = [msgspec.structs.replace(line, role="body") for line in page.lines]
    lines = [bare[index] for index in rng.permutation(len(bare))]
    cpu_s = time.process_time()
    text = laid_out(Text(lines=tuple(lines), engine="", model=""), page.image)
    cpu_s = time.process_time() - cpu_s
    truth = "".join(line.text for line in page.lines)
    cells = true_cells(page.grids)
    roles = {(line.text, line.box): line.role for line in page.lines}
    apart = [(line.role, roles[line.text, line.box]) for line in text.lines]
    return {
        "ours": similarity(text.lines, truth),
        "sorted": similarity(sorted_boxes(lines), truth),
        "xy_cut": similarity(xy_cut(lines), truth),
        "cpu_ms": cpu_s * 1000,
        "cells": np.array(matched(cells, found_cells(text.grids, text.lines))),
        "places": np.array(matched(_bare(cells), _bare(found_cells(text.grids, text.lines)))),
        "apart": np.array(_apart(apart)),
    }


def _bare(tables: Sequence[set[Any]]) -> list[set[Any]]:
    """Cells without their text."""
    return [{cell[:4] for cell in table} for table in tables]


def _apart(pairs: Sequence[tuple[str, str]]) -> tuple[int, int, int]:
    """Of page numbers, running heads and captions: told rightly, true, told."""
    kinds = ("page-number", "running-head", "caption")
    right = sum(told == true and true in kinds for told, true in pairs)
    return right, sum(true in kinds for _, true in pairs), sum(told in kinds for told, _ in pairs)


def _summed(boxes: str, which: str, rows: Sequence[Row]) -> Row:
    cells, places, apart = (sum(row[key] for row in rows) for key in ("cells", "places", "apart"))
    ours = [row["ours"] for row in rows]
    return {
        "boxes": boxes,
        "pages": which,
        "n": len(rows),
        "ours": round(float(np.mean(ours)), 4),
        "lowest": round(min(ours), 3),
        "sorted": round(float(np.mean([row["sorted"] for row in rows])), 3),
        "xy_cut": round(float(np.mean([row["xy_cut"] for row in rows])), 3),
        "cell_f1": round(f1(*cells), 3) if cells[1] else "",
        "place_f1": round(f1(*places), 3) if cells[1] else "",
        "outside_f1": round(f1(*apart), 3) if apart[1] else "",
        "cpu_ms": round(float(np.median([row["cpu_ms"] for row in rows])), 1),
    }


def _end_to_end(out: Path) -> Iterator[Row]:
    """One row a page; its text is kept in `out` for the eye."""
    out.mkdir(parents=True, exist_ok=True)
    engine = PaddleEngine(Ocr(driver="paddle"))
    for name, image, truth in (*_photographs(), *_real()):
        text = engine.read(image)
        laid = laid_out(text, image)
        (out / f"{name}.txt").write_text(laid.plain, "utf-8")
        yield {
            "boxes": "read",
            "pages": name,
            "n": 1,
            "ours": round(similarity(laid.lines, truth), 4),
            "sorted": round(similarity(sorted_boxes(text.lines), truth), 3),
            "xy_cut": round(similarity(xy_cut(text.lines), truth), 3),
        }


def _photographs() -> Iterator[tuple[str, Any, str]]:
    for index in range(PHOTOGRAPHS):
        genre = INTRICATE[index % len(INTRICATE)]
        situation = SITUATIONS[index % len(SITUATIONS)]
        _, document, scene = benchmark(SEED, index, LONG_SIDE_PX, situation, genre)
        picture, told = taken(document, scene)
        pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        pages_ = dress(pixels, Stand())  # type: ignore[arg-type]
        yield f"{index:02d}-{genre}-{situation}", pages_[0].image, json.loads(told)["text"]


def _real() -> Iterator[tuple[str, Any, str]]:
    for path in sorted(REAL.glob("[cd]0*.txt")):
        picture = next(one for one in REAL.glob(f"{path.stem}.*") if one.suffix != ".txt")
        yield path.stem, cv2.imread(str(picture)), path.read_text("utf-8")
