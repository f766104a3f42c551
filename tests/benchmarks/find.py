"""How well and how fast sheets are found, beside four well-known recipes.

    python -m tests.benchmarks find             # photographs and variants made for the purpose
    python -m tests.benchmarks.find FOLDER      # any folder

FOLDER holds pictures, each with its truth beside it: a .json with `quad` (TL, TR, BR, BL in px,
or null where there is no sheet), or one manifest.json as in ../shared/images.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.find import Finding, find
from tests.benchmarks import _recipes
from tests.benchmarks._cases import cases, photographed
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._variants import Case
from tests.pages.fonts import absent

SURE = Imaging().find_confidence
RIGHT = 0.9
SEED, COUNT, LONG_SIDE_PX, VARIANTS_EACH = 31, 224, 2400, 13
BINS = (0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.01)

RECIPES: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "Otsu + hull": _recipes.otsu_hull,
    "jscanify": _recipes.jscanify,
    "OpenCV squares": _recipes.squares,
    "Canny + approxPolyDP": _recipes.canny_polygon,
}


class Answer(NamedTuple):
    """What was said of a case, how far it overlaps the truth (0 without a sheet), and its cost."""

    name: str
    case: Case
    finding: Finding
    overlap: float
    cpu_ms: float

    @property
    def sure(self) -> bool:
        return self.finding.confidence >= SURE

    @property
    def right(self) -> bool:
        """Whether cutting the page so, or leaving it, would be right.

        A page that fills the frame and is cut by at least RIGHT of it has lost nothing but margin.
        A scan in black is left whole, but where the page lies in it must be right.
        """
        if self.finding.quad is not None:
            return self.overlap >= RIGHT
        return not self.case.quads


def overlap(one: np.ndarray, other: np.ndarray, width: int, height: int) -> float:
    """Intersection over union of two quads, both clipped to the frame, counted on pixels."""
    scale = 800 / max(width, height)
    parts = []
    for quad in (one, other):
        part = np.zeros((round(height * scale) + 1, round(width * scale) + 1), np.uint8)
        points = np.round(np.asarray(quad) * scale * 16).astype(np.int32)
        parts.append(cv2.fillPoly(part, [points], 1, cv2.LINE_8, 4) > 0)
    return float((parts[0] & parts[1]).sum() / max(1, (parts[0] | parts[1]).sum()))


def best_overlap(quad: np.ndarray | None, case: Case) -> float:
    height, width = case.pixels.shape[:2]
    if quad is None:
        return 0.0
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    trues = case.quads or ((frame,) if case.kind == "whole" else ())
    return max((overlap(quad, true, width, height) for true in trues), default=0.0)


def answered(name: str, case: Case) -> Answer:
    begun = time.thread_time()
    finding = find(case.pixels)
    spent_ms = 1000 * (time.thread_time() - begun)
    quad = None if finding.quad is None else np.array(finding.quad)
    return Answer(
        name,
        case._replace(pixels=case.pixels[:0].copy()),
        finding,
        best_overlap(quad, case),
        spent_ms,
    )


def folder_cases(folder: Path) -> Iterator[tuple[str, Case]]:
    """Pictures of a folder; where nobody has marked a sheet, none is expected."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        yield from cases(folder, SEED, 0)
        return
    for entry in json.loads(manifest.read_text(encoding="utf-8")):
        corners = (entry["ground_truth"] or {}).get("corners_px")
        quads = (np.array([corners[key] for key in ("TL", "TR", "BR", "BL")]),) if corners else ()
        pixels = cv2.imread(str(folder / entry["file"]))
        yield Path(entry["file"]).stem, Case(entry["kind"], pixels, "sheet" if quads else "", quads)


def run(out: Path, folder: Path | None = None) -> list[dict]:
    """Rows of methods, situations and confidences; overlays in `out`/find, worst first."""
    cv2.setNumThreads(1)
    find(np.zeros((64, 64, 3), np.uint8))
    answers: list[Answer] = []
    others: dict[str, list[tuple[float, float]]] = {name: [] for name in RECIPES}
    pictures: dict[str, np.ndarray] = {}
    for name, case in folder_cases(folder) if folder else _own(out):
        answers.append(answered(name, case))
        pictures[name] = overlay(answers[-1], case)
        if case.quads:
            for recipe in RECIPES:
                others[recipe].append(_tried(recipe, case))
    worst_first = sorted(answers, key=lambda answer: (answer.right, answer.overlap))
    contact_sheet(out / "find", [(answer.name, pictures[answer.name]) for answer in worst_first])
    return [*_methods(answers, others), *_situations(answers), *_reliability(answers)]


def _own(out: Path) -> Iterator[tuple[str, Case]]:
    if absent():
        raise SystemExit(f"{absent()}: nothing to measure on")
    folder = out / "photographs" / f"{LONG_SIDE_PX}"
    return cases(photographed(folder, SEED, COUNT, LONG_SIDE_PX), SEED, VARIANTS_EACH)


def _tried(recipe: str, case: Case) -> tuple[float, float]:
    begun = time.thread_time()
    quad = RECIPES[recipe](case.pixels)
    return best_overlap(quad, case), 1000 * (time.thread_time() - begun)


def overlay(answer: Answer, case: Case) -> np.ndarray:
    """The picture with the quad said (red) and a true one (green)."""
    said = answer.finding
    words = f"IoU {answer.overlap:.3f} {said.kind} {said.confidence:.2f}"
    words += f" +{said.others}" if said.others else ""
    return drawn(case.pixels, words, said=said.quad, true=case.quads[0] if case.quads else None)


def _methods(answers: list[Answer], others: dict[str, list[tuple[float, float]]]) -> list[dict]:
    ours = [(answer.overlap, answer.cpu_ms) for answer in answers if answer.case.quads]
    spent_ms = np.median([ms for _, ms in ours])
    return [
        {
            "method": name,
            "sheets": len(tries),
            "mean_iou": round(float(np.mean([iou for iou, _ in tries])), 4),
            "over_0.95": round(float(np.mean([iou > 0.95 for iou, _ in tries])), 3),
            "cpu_to_ours": round(float(np.median([ms for _, ms in tries]) / spent_ms), 2),
        }
        for name, tries in {"ours": ours, **others}.items()
        if tries
    ]


def _situations(answers: list[Answer]) -> list[dict]:
    """`sure_wrong`: a page cut wrongly, or kept whole, as sure; `cut_wrong`: cut wrongly."""
    names = dict.fromkeys(("all", *sorted(a.case.situation for a in answers)))
    rows = []
    for name in names:
        own = [answer for answer in answers if name in ("all", answer.case.situation)]
        marked = [answer.overlap for answer in own if answer.case.quads]
        sure = [answer for answer in own if answer.sure]
        rows.append(
            {
                "situation": name,
                "frames": len(own),
                "mean_iou": round(float(np.mean(marked)), 4) if marked else "",
                "least_iou": round(min(marked), 3) if marked else "",
                "over_0.95": round(float(np.mean(np.array(marked) > 0.95)), 3) if marked else "",
                "sure": len(sure),
                "sure_wrong": sum(not answer.right for answer in sure),
                "cut_wrong": sum(
                    not answer.right and answer.finding.kind == "sheet" for answer in sure
                ),
                "several": sum(answer.finding.others > 0 for answer in own),
            }
        )
    return rows


def _reliability(answers: list[Answer]) -> list[dict]:
    """Of the answers with a sheet: the confidence said, and the share that was right."""
    rows = []
    for low, high in pairwise(BINS):
        own = [
            a for a in answers if a.finding.kind == "sheet" and low <= a.finding.confidence < high
        ]
        if own:
            said = float(np.mean([answer.finding.confidence for answer in own]))
            right = float(np.mean([answer.right for answer in own]))
            rows.append({"confidence": f"{low} to {min(high, 1)}", "frames": len(own),
                         "said": round(said, 3), "right": round(right, 3)})  # fmt: skip
    return rows


if __name__ == "__main__":
    from tests.benchmarks.__main__ import table

    print(table(run(Path("bench-out"), Path(sys.argv[1]))))
