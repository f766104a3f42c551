"""How well and how fast sheets are found, beside three well-known recipes.

    python -m tests.benchmarks find             # photographs made for the purpose
    python -m tests.benchmarks.find FOLDER      # any folder

FOLDER holds pictures, each with its truth beside it: a .json with `quad` (TL, TR, BR, BL in px,
or null where there is no sheet), or one manifest.json as in ../shared/images.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from station.imaging.find import find
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._photographs import photographs

CONFIDENT = 0.5
RECIPE_SIDE_PX = 700
Guess = tuple[np.ndarray | None, float]


def ours(picture: np.ndarray) -> Guess:
    finding = find(picture)
    return (None if finding.quad is None else np.array(finding.quad)), finding.confidence


def otsu_hull(picture: np.ndarray) -> Guess:
    """The hull of the largest light region, as four corners."""
    small, scale = shrunk(picture)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    _, light = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None, 0.0
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    four = four_corners(hull)
    return (None, 0.0) if four is None else (four / scale, 1.0)


def canny_polygon(picture: np.ndarray) -> Guess:
    """The largest contour of the edge map that approximates to four points (pyimagesearch)."""
    small, scale = shrunk(picture)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    contours, _ = cv2.findContours(cv2.Canny(grey, 75, 200), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        four = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(four) == 4:
            return four[:, 0] / scale, 1.0
    return None, 0.0


def squares(picture: np.ndarray) -> Guess:
    """The largest near-rectangle over many thresholds of every channel (OpenCV's squares.py)."""
    small, scale = shrunk(picture)
    best, most = None, 1000.0
    for plane in cv2.split(cv2.GaussianBlur(small, (5, 5), 0)):
        for level in range(0, 255, 26):
            if level:
                _, shape = cv2.threshold(plane, level, 255, cv2.THRESH_BINARY)
            else:
                shape = cv2.dilate(cv2.Canny(plane, 0, 50, apertureSize=5), None)
            contours, _ = cv2.findContours(shape, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
            for contour in contours:
                four = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
                area = cv2.contourArea(four)
                whole = area > 0.98 * small.shape[0] * small.shape[1]
                if len(four) == 4 and area > most and not whole and square(four[:, 0]):
                    best, most = four[:, 0] / scale, area
    return best, float(best is not None)


METHODS: dict[str, Callable[[np.ndarray], Guess]] = {
    "ours": ours,
    "Otsu + hull": otsu_hull,
    "Canny + approxPolyDP": canny_polygon,
    "OpenCV squares": squares,
}


def shrunk(picture: np.ndarray) -> tuple[np.ndarray, float]:
    scale = min(1.0, RECIPE_SIDE_PX / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), scale


def four_corners(hull: np.ndarray) -> np.ndarray | None:
    for tolerance in np.arange(0.01, 0.2, 0.01):
        four = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
        if len(four) == 4:
            return four[:, 0]
    return None


def square(corners: np.ndarray) -> bool:
    ways = np.roll(corners, -1, axis=0) - corners.astype(float)
    unit = ways / np.linalg.norm(ways, axis=1, keepdims=True)
    right = np.abs((unit * np.roll(unit, 1, axis=0)).sum(axis=1)).max() < 0.3
    return bool(right and cv2.isContourConvex(corners.astype(np.int32)))


def overlap(one: np.ndarray, other: np.ndarray, width: int, height: int) -> float:
    """Intersection over union of two quads, both clipped to the frame, counted on pixels."""
    scale = 800 / max(width, height)
    parts = []
    for quad in (one, other):
        part = np.zeros((round(height * scale) + 1, round(width * scale) + 1), np.uint8)
        points = np.round(np.asarray(quad) * scale * 16).astype(np.int32)
        parts.append(cv2.fillPoly(part, [points], 1, cv2.LINE_8, 4) > 0)
    return float((parts[0] & parts[1]).sum() / max(1, (parts[0] | parts[1]).sum()))


def truths(folder: Path) -> Iterator[tuple[Path, np.ndarray | None]]:
    """Pictures with their corners, or None where nobody has marked a sheet."""
    manifest = folder / "manifest.json"
    if manifest.is_file():
        for entry in json.loads(manifest.read_text(encoding="utf-8")):
            corners = (entry["ground_truth"] or {}).get("corners_px")
            quad = [corners[key] for key in ("TL", "TR", "BR", "BL")] if corners else None
            yield folder / entry["file"], quad and np.array(quad)
        return
    for truth in sorted(folder.rglob("*.json")):
        quad = json.loads(truth.read_text(encoding="utf-8"))["quad"]
        yield truth.with_suffix(".jpg"), None if quad is None else np.array(quad)


def tried(name: str, folder: Path) -> list[dict]:
    """One row a picture: what the method said and how far that is from the truth."""
    rows = []
    for path, truth in truths(folder):
        picture = cv2.imread(str(path))
        height, width = picture.shape[:2]
        begun = time.thread_time()
        quad, confidence = METHODS[name](picture)
        spent_ms = 1000 * (time.thread_time() - begun)
        right = None if truth is None else 0.0
        if truth is not None and quad is not None:
            right = overlap(quad, truth, width, height)
        claimed = quad is not None and confidence >= CONFIDENT
        rows.append(
            {
                "path": path,
                "iou": right,
                "claimed": claimed,
                "ms": spent_ms,
                "quad": quad,
                "true": truth,
            }
        )
    return rows


def summary(name: str, rows: list[dict]) -> dict:
    """`wrong`: claimed and IoU < 0.9. `unmarked`: claimed where no sheet is marked."""
    marked = [row for row in rows if row["iou"] is not None]
    overlaps = np.array([row["iou"] for row in marked] or [np.nan])
    return {
        "method": name,
        "pictures": len(marked),
        "mean_iou": round(float(overlaps.mean()), 4),
        "share_over_0.9": round(float((overlaps > 0.9).mean()), 3),
        "share_over_0.98": round(float((overlaps > 0.98).mean()), 3),
        "claimed": sum(row["claimed"] for row in marked),
        "wrong": sum(row["claimed"] and row["iou"] < 0.9 for row in marked),
        "unmarked": sum(row["claimed"] and row["iou"] is None for row in rows),
        "median_ms": round(float(np.median([row["ms"] for row in rows])), 1),
        "most_ms": round(max(row["ms"] for row in rows), 1),
    }


def overlay(row: dict) -> tuple[str, np.ndarray]:
    """The picture with the quad said (red) and the true one (green)."""
    words = "no sheet marked" if row["iou"] is None else f"IoU {row['iou']:.3f}"
    words += "" if row["claimed"] else ", not claimed"
    picture = drawn(cv2.imread(str(row["path"])), words, said=row["quad"], true=row["true"])
    return f"{row['path'].parent.name}-{row['path'].stem}", picture


def run(out: Path, folder: Path | None = None) -> list[dict]:
    """One row a method; leaves overlays of ours in `out`/find, the worst first in find.jpg."""
    cv2.setNumThreads(1)
    ours(np.zeros((64, 64, 3), np.uint8))
    tries = {name: tried(name, folder or photographs(out)) for name in METHODS}
    worst_first = sorted(tries["ours"], key=lambda row: 2.0 if row["iou"] is None else row["iou"])
    contact_sheet(out / "find", [overlay(row) for row in worst_first])
    return [summary(name, rows) for name, rows in tries.items()]


if __name__ == "__main__":
    for line in run(Path("bench-out"), Path(sys.argv[1])):
        print(line)
