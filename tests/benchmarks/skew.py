"""How exactly and how fast the turn of the text is measured, beside Hough lines.

Pages are drawn without fonts: characters are bundles of random strokes in a cell, set in lines, in
columns, in a table, as words and by hand, with the scanner's black strips on some. The angle is
exact: the page is drawn large and turned once. Then whole photographs are dressed: the turn that is
told against the true one, quarter turns aside.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.schema import Imaging
from station.imaging.page import dress
from station.imaging.skew import skew
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._photographs import photographs

Grey = NDArray[np.uint8]
Generator = np.random.Generator
WIDTH_PX, HEIGHT_PX = 2480, 3508
LAYOUTS = ("lines", "columns", "table", "words", "hand", "few", "mixed")


def glyph(rng: Generator, size: int, ink: int) -> Grey:
    """A character-like bundle of strokes, size x size, ink on white."""
    cell = np.full((size, size), 255, np.uint8)
    for _ in range(int(rng.integers(3, 8))):
        across = rng.random() < 0.5
        at, start, end = rng.uniform(0.12, 0.88), rng.uniform(0.08, 0.3), rng.uniform(0.6, 0.92)
        slope = rng.normal(0, 0.04) if rng.random() < 0.7 else rng.normal(0, 0.4)
        p, q = (start, at), (end, at + slope)
        if not across:
            p, q = p[::-1], q[::-1]
        ends = [tuple(int(c * size) for c in point) for point in (p, q)]
        cv2.line(cell, ends[0], ends[1], ink, max(1, size // 14), cv2.LINE_AA)
    return cell


def page(rng: Generator, layout: str) -> Grey:
    """An upright page of 2480 x 3508 pixels."""
    sheet = np.full((HEIGHT_PX, WIDTH_PX), 255, np.uint8)
    size = int(rng.integers(38, 64))
    faint = int(rng.integers(20, 120))
    if layout == "table":
        _rule(sheet, size * 2, faint)
    wander = 0.12 * size if layout == "hand" else 0.0
    down = layout == "columns"
    long_px, cross_px = (HEIGHT_PX, WIDTH_PX) if down else (WIDTH_PX, HEIGHT_PX)
    rows = range(250, cross_px - 250, int(size * (2 if layout == "table" else 1.7)))
    for number, row in enumerate(rows):
        if layout == "few" and number not in (3, 4, 9):
            continue
        end = long_px - 250 - int(rng.uniform(0, 0.5) * long_px * (rng.random() < 0.25))
        for at in range(250, end, int(size * 1.05)):
            if rng.random() < {"words": 0.18, "table": 0.45}.get(layout, 0.04):
                continue
            stamp = glyph(rng, size, faint)
            across = row + int(rng.normal(0, wander)) if wander else row
            y, x = (at, across) if down else (across, at)
            spot = sheet[y : y + size, x : x + size]
            np.minimum(spot, stamp[: spot.shape[0], : spot.shape[1]], out=spot)
    if layout == "mixed":
        cv2.circle(sheet, (1800, 2700), 300, 90, 14, cv2.LINE_AA)
        sheet[600:1500, 400:1300] = (
            rng.integers(60, 180, (9, 9)).astype(np.uint8).repeat(100, 0).repeat(100, 1)
        )
    return sheet


def _rule(sheet: Grey, pitch: int, ink: int) -> None:
    for y in range(250 - pitch // 4, HEIGHT_PX - 230, pitch):
        cv2.line(sheet, (230, y), (WIDTH_PX - 230, y), ink, 3)
    for x in (230, 700, 1100, 1800, WIDTH_PX - 230):
        cv2.line(sheet, (x, 230), (x, HEIGHT_PX - 260), ink, 3)


def scanned(rng: Generator, sheet: Grey, angle_deg: float) -> Grey:
    """The page turned clockwise by `angle_deg`, with what a scanner or camera adds."""
    centre = (WIDTH_PX / 2 - 0.5, HEIGHT_PX / 2 - 0.5)
    turn = cv2.getRotationMatrix2D(centre, -angle_deg, 1.0)
    around = int(rng.choice([255, 235, 30]))
    image = cv2.warpAffine(
        sheet, turn, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_AREA, borderValue=around
    ).astype(np.float32)
    y, x = np.mgrid[0 : 1 : HEIGHT_PX * 1j, 0 : 1 : WIDTH_PX * 1j].astype(np.float32)
    light = 1 - 0.35 * rng.random() * np.hypot(x - rng.random(), y - rng.random())
    image = 20 + image * light * rng.uniform(0.6, 0.92)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 2.0))
    image += rng.normal(0, rng.uniform(0, 7), image.shape)
    if rng.random() < 0.3:
        strip = int(rng.integers(20, 140))
        image[:, :strip] = 12
        image[-strip // 2 :] = 8
    clipped = image.clip(0, 255).astype(np.uint8)
    quality = int(rng.integers(40, 95))
    jpeg = cv2.imencode(".jpg", clipped, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)


def hough(grey: Grey) -> float:
    """The common recipe: median angle of HoughLinesP on Canny edges at 1500 px."""
    small = cv2.resize(grey, None, fx=1500 / max(grey.shape), fy=1500 / max(grey.shape))
    found = cv2.HoughLinesP(cv2.Canny(small, 50, 150), 1, np.pi / 1800, 150, None, 150, 20)
    if found is None:
        return 0.0
    x0, y0, x1, y1 = found.reshape(-1, 4).T
    angles = (np.degrees(np.arctan2(y1 - y0, x1 - x0)) + 45) % 90 - 45
    return float(np.median(angles[np.abs(angles) <= 15])) if (np.abs(angles) <= 15).any() else 0.0


def run(
    out: Path, *, pages: int = 42, seed: int = 20260, photos: bool = True
) -> list[dict[str, Any]]:
    """One row a method: mean, best 80 % and worst error in degrees, and CPU ms a page."""
    rng = np.random.default_rng(seed)
    methods: dict[str, Callable[[Grey], float]] = {
        "projection": lambda grey: skew(grey).angle_deg,
        "hough": hough,
    }
    errors: dict[str, list[float]] = {name: [] for name in methods}
    spent: dict[str, list[float]] = {name: [] for name in methods}
    trail = []
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    for number in range(pages):
        angle = float(rng.uniform(-15, 15) if rng.random() < 0.6 else rng.uniform(-4, 4))
        layout = LAYOUTS[number % len(LAYOUTS)]
        image = scanned(rng, page(rng, layout), angle)
        for name, measure in methods.items():
            start = time.process_time()
            error = abs(measure(image) - angle)
            spent[name].append((time.process_time() - start) * 1e3)
            errors[name].append(error)
            trail.append({"method": name, "layout": layout, "angle": angle, "error": error})
    cv2.setNumThreads(threads)
    (out / "skew.json").write_text(json.dumps(trail, indent=1))
    rows = [_row(name, errors[name], spent[name]) for name in methods]
    return [*rows, dressed(out)] if photos else rows


def dressed(out: Path) -> dict[str, Any]:
    """The row of `dress` over photographs; overlays in `out`/skew, the worst first in skew.jpg."""
    tries, spent = [], []
    for told in sorted(photographs(out).rglob("*.json")):
        truth = json.loads(told.read_text(encoding="utf-8"))
        if truth["skew_deg"] is not None:
            picture = cv2.imread(str(told.with_suffix(".jpg")))
            start = time.process_time()
            (page,) = dress(picture, Imaging())
            spent.append((time.process_time() - start) * 1e3)
            error = (page.skew_deg - truth["skew_deg"] + 45) % 90 - 45
            words = f"{page.skew_deg:+.2f}, off by {error:+.3f}"
            name = f"{told.parent.name}-{told.stem}"
            tries.append((abs(error), name, drawn(page.image, words)))
    tries.sort(key=lambda row: -row[0])
    contact_sheet(out / "skew", [(name, picture) for _, name, picture in tries])
    return _row("dress, on photographs", [error for error, *_ in tries], spent)


def _row(name: str, errors: list[float], spent: list[float]) -> dict[str, Any]:
    ordered = sorted(errors)
    best = ordered[: max(1, len(ordered) * 4 // 5)]
    return {
        "method": name,
        "pages": len(errors),
        "median_deg": round(float(np.median(errors)), 4),
        "p95_deg": round(float(np.percentile(errors, 95)), 3),
        "mean_error_deg": round(float(np.mean(errors)), 4),
        "best_80_deg": round(float(np.mean(best)), 4),
        "within_0.1_deg": round(float(np.mean(np.array(errors) <= 0.1)), 3),
        "worst_deg": round(ordered[-1], 3),
        "cpu_ms": round(float(np.median(spent)), 1),
    }
