"""Pictures with all their sheets: photographs of every situation, and variants of them.

A photograph is drawn once; its name in the folder is its key (seed, index, situation), the
folder's name has the width. Variants are made afresh, from the photographs of the same folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from tests.benchmarks._variants import VARIANTS, Case, Photo
from tests.pages.sets import benchmark, write

SPOILT = (
    "blank", "dark", "bright", "glare", "cut", "motion", "out-of", "hands", "palm", "gloves",
    "finger", "spread", "pair", "slips", "curl", "torn", "black-border", "noise",
)  # fmt: skip
"""Situations that no variant is made of: their difficulty would come with them."""


def photographed(folder: Path, seed: int, count: int, long_side_px: int) -> Path:
    """`folder`, with the photographs `seed`/0 to `count` - 1 in it; those that are there stay."""
    for index in range(count):
        name, document, scene = benchmark(seed, index, long_side_px)
        if not (folder / f"{name}.json").is_file():
            write(folder, name, document, scene)
    return folder


def cases(folder: Path, seed: int, each: int) -> Iterator[tuple[str, Case]]:
    """The photographs of a folder, and `each` variants of every kind: name and case."""
    truths = sorted(folder.glob("*.json"))
    sheets, desks = [], []
    for path in truths:
        name, case = path.stem, _case(path)
        yield name, case
        if case.kind == "none" and "screen" not in name:
            desks.append(path)
        elif case.quads and not any(word in name for word in SPOILT):
            sheets.append(path)
    rng = np.random.default_rng(seed)
    for variant in VARIANTS if desks and sheets else ():
        for turn in range(each):
            one, other = (_photo(sheets[k]) for k in rng.integers(0, len(sheets), 2))
            case = variant(one, other, _photo(desks[rng.integers(len(desks))]), rng)
            yield f"{case.situation.replace(' ', '-')}-{turn:02d}", case


def _case(path: Path) -> Case:
    truth = json.loads(path.read_text(encoding="utf-8"))
    pixels = cv2.imread(str(path.with_suffix(".jpg")))
    quads = tuple(_quads(truth))
    return Case(truth["situation"], pixels, "sheet" if quads else "none", quads, len(quads[1:]))


def _quads(truth: dict) -> Iterator[np.ndarray]:
    """The sheets that are right to find: an open book is one."""
    pages = truth.get("pages") or ()
    if truth["quad"] is None:
        return
    if len(pages) < 2 or truth["gutter"]:
        yield np.array(truth["quad"])
        return
    for page in pages:
        yield np.array(page["quad"])


def _photo(path: Path) -> Photo:
    case = _case(path)
    return Photo(case.pixels, case.quads[0] if case.quads else None)
