"""What the recogniser's scores are worth: fits station/ocr/certainty.py and shows how it holds.

    python -m tests.benchmarks._fit_certainty FITTED HELD_BACK OUT

Both are folders of photographs with their truth (`python -m tests.pages --set bench`), of another
seed each. Every character that is read is right or wrong: a line is laid along the lines of the
truth that stand in its place, by edit distance. Writes OUT/certainty.json and OUT/certainty.png.
"""

from __future__ import annotations

import itertools
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from firmware_config.schema import Ocr
from station.imaging.crop import bounds
from station.model import Line
from station.ocr.certainty import NEAREST, PRINT, Curve, chance_percent
from station.ocr.paddle import PaddleEngine
from tests.benchmarks._photographs import laid_flat

BINS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995, 1.01)
MOST_WRONG = 30
"""Of a page; what is beyond a page that cannot be read at all weighs no more."""
DOUBTED = 0.95
LEAST_SHOWN = 8
"""Characters of a bin that a picture shows."""
SIDE_PX, MARGIN_PX = 480, 56


class Sample(NamedTuple):
    """A character read: the scores (0 to 1) of it and of its line, and whether it is right."""

    page: int
    character: float
    line: float
    right: bool


class Written(NamedTuple):
    """A line of the truth; `box` in pixels of the page."""

    text: str
    box: Any
    vertical: bool
    visible: bool


def judged(page: int, lines: Iterable[Line], truth: Sequence[Written]) -> Iterator[Sample]:
    """Each character of `lines`; a line beside something half hidden is left out."""
    for line in lines:
        below = _below(line, truth)
        if all(one.visible for one in below):
            rights = aligned(line.text, "".join(one.text for one in below))
            for character, percent, right in zip(line.text, line.certainty, rights, strict=True):
                if not character.isspace():
                    yield Sample(page, percent / 100, line.score, right)


def aligned(read: str, truth: str) -> list[bool]:
    """Which characters of `read` stand in `truth` at the best place for it (edit distance)."""
    told = [unicodedata.normalize("NFKC", character) for character in read]
    meant = list("".join(unicodedata.normalize("NFKC", truth).split()))
    cost = np.zeros((len(told) + 1, len(meant) + 1), int)
    cost[:, 0] = np.arange(len(told) + 1)
    for i, character in enumerate(told, 1):
        for j, other in enumerate(meant, 1):
            swapped = cost[i - 1, j - 1] + (character != other)
            cost[i, j] = min(swapped, cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    rights, i, j = [False] * len(told), len(told), int(cost[-1].argmin())
    while i:
        if j and cost[i, j] == cost[i - 1, j - 1] + (told[i - 1] != meant[j - 1]):
            i, j = i - 1, j - 1
            rights[i] = told[i] == meant[j]
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return rights


def fitted(samples: Sequence[Sample]) -> Curve:
    """Logistic regression by Newton's method, a little drawn to zero."""
    inputs, right = _inputs(samples), np.array([sample.right for sample in samples], float)
    weight, found = _weights(samples), np.zeros(3)
    for _ in range(40):
        chance = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (weight * (right - chance)) - 0.01 * found
        bend = (inputs * (weight * chance * (1 - chance))[:, None]).T @ inputs + 0.01 * np.eye(3)
        found += np.linalg.solve(bend, slope)
    return Curve(*(round(float(value), 2) for value in found), most_percent=100)


def told(samples: Sequence[Sample], curve: Curve) -> dict[str, Any]:
    """Expected calibration errors (raw and calibrated, all and where the score is doubted)."""
    right = np.array([sample.right for sample in samples], float)
    raw = np.array([sample.character for sample in samples])
    said = np.array([chance_percent(curve, s.character, s.line) / 100 for s in samples])
    doubted = raw < DOUBTED
    return {
        "characters": len(samples),
        "wrong": int((1 - right).sum()),
        "doubted": int(doubted.sum()),
        "error_raw": _error(raw, right),
        "error": _error(said, right),
        "doubted_error_raw": _error(raw[doubted], right[doubted]),
        "doubted_error": _error(said[doubted], right[doubted]),
        "curve_raw": _reliability(raw, right),
        "curve": _reliability(said, right),
        "marked": {below: _marked(said, right, below) for below in (50, 70, 80, 90, 95)},
    }


def _marked(said: Any, right: Any, below: int) -> tuple[float, float]:
    """Share of all characters below a threshold, and of the wrong ones."""
    marked = said < below / 100
    caught = marked[right == 0].mean() if (right == 0).any() else 1.0
    return round(float(marked.mean()), 4), round(float(caught), 3)


def _error(said: Any, right: Any) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015) over BINS."""
    gaps = [n * abs(one - other) for one, other, n in _reliability(said, right)]
    return round(sum(gaps) / max(1, len(said)), 4)


def _reliability(said: Any, right: Any) -> list[tuple[float, float, int]]:
    """Mean chance said, share that was right and number, bin by bin."""
    found = []
    for low, high in itertools.pairwise(BINS):
        inside = (said >= low) & (said < high)
        if inside.any():
            pair = float(said[inside].mean()), float(right[inside].mean())
            found.append((round(pair[0], 4), round(pair[1], 4), int(inside.sum())))
    return found


def drawn(kinds: dict[str, dict[str, Any]]) -> Any:
    """Reliability curves side by side: grey the scores as they come, blue the chances."""
    panels = []
    for name, one in kinds.items():
        panel = np.full((SIDE_PX + 2 * MARGIN_PX,) * 2 + (3,), 255, np.uint8)
        _line(panel, [(0, 0, 1), (1, 1, 1)], (200, 200, 200), dots=False)
        _line(panel, one["curve_raw"], (150, 150, 150), dots=True)
        _line(panel, one["curve"], (190, 90, 20), dots=True)
        title = f"{name}: n {one['characters']}, ECE {one['error_raw']} to {one['error']}"
        cv2.putText(panel, title, (MARGIN_PX, 36), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (0, 0, 0), 1)
        foot = "said (grey: score, blue: chance); up: right"
        at = (MARGIN_PX, SIDE_PX + 2 * MARGIN_PX - 16)
        cv2.putText(panel, foot, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1)
        panels.append(panel)
    return np.hstack(panels)


def _line(panel: Any, curve: Sequence[Sequence[float]], colour: Any, *, dots: bool) -> None:
    def place(said: float, right: float) -> tuple[int, int]:
        return MARGIN_PX + round(said * SIDE_PX), MARGIN_PX + round((1 - right) * SIDE_PX)

    curve = [one for one in curve if one[2] >= LEAST_SHOWN or not dots]
    points = [place(one[0], one[1]) for one in curve]
    cv2.polylines(panel, [np.array(points)], False, colour, 2, cv2.LINE_AA)
    for point, one in zip(points, curve, strict=True):
        if dots:
            cv2.circle(panel, point, 3 + round(np.log10(one[2]) * 2), colour, -1, cv2.LINE_AA)


def _below(line: Line, truth: Sequence[Written]) -> list[Written]:
    """The lines of the truth that stand in a read line's place, in the order of reading."""
    left, top, right, bottom = bounds(line.box)
    found = []
    for one in truth:
        x0, y0, x1, y1 = bounds(one.box)
        if one.vertical:
            beside, slack = left - (x0 + x1) / 2 < (right - left) * 0.3, 0.3 * (right - left)
            beside = beside and (x0 + x1) / 2 - right < slack
            along = min(bottom, y1) - max(top, y0) > 0.3 * min(bottom - top, y1 - y0)
        else:
            slack = 0.15 * (bottom - top)
            beside = top - slack < (y0 + y1) / 2 < bottom + slack
            along = min(right, x1) - max(left, x0) > 0.2 * min(right - left, x1 - x0)
        if beside and along:
            found.append((y0 if one.vertical else x0, one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _inputs(samples: Sequence[Sample]) -> Any:
    scores = np.array([(sample.character, sample.line) for sample in samples])
    scores = np.clip(scores, NEAREST, 1 - NEAREST)
    return np.column_stack([np.ones(len(scores)), np.log(scores / (1 - scores))])


def _weights(samples: Sequence[Sample]) -> Any:
    pages = np.array([sample.page for sample in samples])
    wrong = np.bincount(pages, [not sample.right for sample in samples])
    return np.minimum(1.0, MOST_WRONG / np.maximum(wrong, 1))[pages]


def _read(engine: PaddleEngine, folder: Path) -> list[Sample]:
    samples: list[Sample] = []
    for number, path in enumerate(sorted(folder.glob("*.json"))):
        truth = json.loads(path.read_text("utf-8"))
        if not truth["quad"] or truth["measures"]["bleed"]:
            continue
        picture = cv2.imread(str(path.with_suffix(".jpg")))
        for index, page in enumerate(truth["pages"]):
            flat, lines = _flat(picture, page["quad"], index, truth["lines"])
            samples += judged(number, engine.read(flat).lines, lines)
    return samples


def _flat(picture: Any, quad: Any, index: int, lines: Any) -> tuple[Any, list[Written]]:
    flat = laid_flat(picture, quad)
    height, width = flat.shape[:2]
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(quad, np.float32), sheet)
    return flat, [
        Written(
            line["text"],
            cv2.perspectiveTransform(np.array([line["picture_box"]], np.float32), matrix)[0],
            line["vertical"],
            line["visible"],
        )
        for line in lines
        if line["page"] == index
    ]


def main(fit: Path, held: Path, out: Path) -> None:
    """Fit on one folder, measure on the other."""
    engine = PaddleEngine(Ocr(driver="paddle"))
    first, second = _read(engine, fit), _read(engine, held)
    curve = fitted(first)
    results = {"fitted": told(first, curve), "held back": told(second, curve)}
    results["held back, as in the code"] = told(second, PRINT)
    out.mkdir(parents=True, exist_ok=True)
    (out / "certainty.json").write_text(json.dumps([curve, results], indent=1), "utf-8")
    cv2.imwrite(str(out / "certainty.png"), drawn(results))
    print(curve)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
