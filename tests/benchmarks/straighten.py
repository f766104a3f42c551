"""How straight the lines of a page are, how true its shape, and what the straightening costs.

Pages are photographed afresh with their exact map: curled sheets, open books, lenses that bend,
and ordinary ones, which must stay as they are. Each page is straightened by its true corners, so
that nothing of the finder is measured. `bow` is the farthest that a row or a column of the page
lies from a straight line, in thousandths of the page's long side; before: perspective and turn
only. Where the weights are, the error of reading is told too. Pictures before and after lie in
bench-out/straighten/.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from firmware_config.errors import ConfigError
from firmware_config.schema import Lens, Ocr
from station.imaging.straighten import Straight, straighten
from station.layout.arrange import laid_out
from station.ocr.paddle import PaddleEngine
from tests.benchmarks._error_rates import RESAMPLED, comparable, error_rate
from tests.benchmarks._overlays import contact_sheet
from tests.pages.camera import FOCAL_SHARE
from tests.pages.sets import benchmark, write

SEED = 77
LONG_SIDE_PX = 2400
SITUATIONS = {"curl": 12, "modern-spread": 5, "old-spread": 4, "lens": 4, "wood": 3, "framed": 2,
              "turned": 3, "torn": 3, "old-leaf": 2, "pencil": 2, "album": 2, "cut": 2}  # fmt: skip
READ = 24
"""Pages that are read, before and after."""
INNER = slice(2, -2)
GRID = 33


class Tried(NamedTuple):
    """One page straightened; bows in thousandths of the page's long side."""

    situation: str
    name: str
    page: Straight
    before: Any
    bow_before: float
    bow_after: float
    aspect_before: float
    aspect_after: float
    cpu_ms: float
    text: str


def run(out: Path, *, read: int = READ) -> list[dict[str, Any]]:
    """Rows by situation; then the lens, the reading and the speed."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    tries = [tried for told in _photographs(out) for tried in _tried(told)]
    _show(out, tries)
    rows = [_row(name, [t for t in tries if t.situation == name]) for name in SITUATIONS]
    rows += [_lens_row(out), _speed_row(out), *_read_rows(tries, read)]
    cv2.setNumThreads(threads)
    return rows


def _photographs(out: Path) -> Iterator[Path]:
    for situation, count in SITUATIONS.items():
        for index in range(count):
            name, document, scene = benchmark(SEED, index, LONG_SIDE_PX, situation)
            told = out / "straighten-photographs" / f"{name}.json"
            if not told.is_file():
                write(told.parent, name, document, scene)
            yield told


def _tried(told: Path) -> Iterator[Tried]:
    truth = json.loads(told.read_text("utf-8"))
    picture = cv2.imread(str(told.with_suffix(".jpg")))
    for number, page in enumerate(truth["pages"]):
        quad = tuple(map(tuple, page["quad"]))
        start = time.process_time()
        straight = straighten(picture, quad)
        cpu_ms = (time.process_time() - start) * 1e3
        size = straight.image.shape[1::-1]
        on_page, seen = exact(page)
        flat = cv2.perspectiveTransform(seen.reshape(-1, 1, 2), straight.to_page)
        bent, level = flat.reshape(seen.shape), straight.placed(seen.reshape(-1, 2))
        level = level.reshape(seen.shape)
        yield Tried(
            situation=truth["situation"],
            name=f"{told.stem}-{number}",
            page=straight,
            before=cv2.warpPerspective(picture, straight.to_page, size),
            bow_before=bow(bent),
            bow_after=bow(level),
            aspect_before=stretch(on_page, bent),
            aspect_after=stretch(on_page, level),
            cpu_ms=cpu_ms,
            text="\n".join(
                line["text"]
                for line in truth["lines"]
                if line["visible"] and line["page"] == number
            ),
        )


def exact(page: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A grid over the page: its points on the page and in the picture, rows x columns x 2."""
    if page["mesh"]:
        mesh = page["mesh"]
        return np.stack(np.meshgrid(mesh["page_x"], mesh["page_y"]), -1), np.array(mesh["picture"])
    axes = (np.linspace(0, page[f"page_{side}_px"] - 1, GRID) for side in ("width", "height"))
    grid = np.stack(np.meshgrid(*axes), -1)
    pinhole = page["pinhole"]
    seen = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), np.array(pinhole["matrix"]))
    out = seen.reshape(grid.shape) - pinhole["centre"]
    square = (out**2).sum(-1, keepdims=True) / pinhole["radius_px"] ** 2
    bend = 1 + pinhole["k1"] * square + pinhole["k2"] * square**2
    return grid, out * bend + pinhole["centre"]


def bow(grid: np.ndarray) -> float:
    """The farthest of a row's or column's inner points from its straight line, in thousandths."""
    farthest = 0.0
    for lines in (grid[INNER, INNER], grid[INNER, INNER].transpose(1, 0, 2)):
        for line in lines:
            middle = line - line.mean(axis=0)
            across = np.linalg.svd(middle, full_matrices=False)[2][1]
            farthest = max(farthest, float(np.abs(middle @ across).max()))
    return farthest / np.ptp(grid.reshape(-1, 2), axis=0).max() * 1e3


def stretch(on_page: np.ndarray, placed: np.ndarray) -> float:
    """How unevenly the page is spread: deviation of its points from the best affine map."""
    points = on_page[INNER, INNER].reshape(-1, 2)
    design = np.column_stack([points, np.ones(len(points))])
    target = placed[INNER, INNER].reshape(-1, 2)
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return float(np.sqrt((rest**2).sum(1).mean()) / np.ptp(target, axis=0).max() * 1e3)


def _row(situation: str, tries: list[Tried]) -> dict[str, Any]:
    before, after = ([getattr(t, f"bow_{when}") for t in tries] for when in ("before", "after"))
    return {
        "pages": situation,
        "n": len(tries),
        "curl undone": sum(t.page.curl is not None for t in tries),
        "bow before": round(float(np.median(before)), 2),
        "bow after": round(float(np.median(after)), 2),
        "worst before": round(max(before), 2),
        "worst after": round(max(after), 2),
        "most harmed": round(max(b - a for a, b in zip(before, after, strict=True)), 2),
        "uneven before": round(float(np.median([t.aspect_before for t in tries])), 2),
        "uneven after": round(float(np.median([t.aspect_after for t in tries])), 2),
        "cpu_ms": round(float(np.median([t.cpu_ms for t in tries])), 1),
    }


def _lens_row(out: Path) -> dict[str, Any]:
    """The photographs of bending lenses again, with the lens known."""
    after, before, steps = [], [], []
    for told in sorted((out / "straighten-photographs").glob("*-lens.json")):
        truth = json.loads(told.read_text("utf-8"))
        page = truth["pages"][0]
        seen = exact(page)[1]
        picture = cv2.imread(str(told.with_suffix(".jpg")))
        quad = tuple(map(tuple, page["quad"]))
        straight = straighten(picture, quad, lens=true_lens(truth))
        flat = cv2.perspectiveTransform(seen.reshape(-1, 1, 2), straighten(picture, quad).to_page)
        before.append(bow(flat.reshape(seen.shape)))
        after.append(bow(straight.placed(seen.reshape(-1, 2)).reshape(seen.shape)))
        steps.append(straight.steps)
    return {
        "pages": "lens, calibrated",
        "n": len(after),
        "curl undone": sum("curl" in each for each in steps),
        "bow before": round(float(np.median(before)), 2),
        "bow after": round(float(np.median(after)), 2),
        "worst before": round(max(before), 2),
        "worst after": round(max(after), 2),
    }


def true_lens(truth: dict[str, Any]) -> Lens:
    """The photographer's lens in the terms of a calibration."""
    width, height = truth["width_px"], truth["height_px"]
    pinhole = truth["pages"][0]["pinhole"]
    square = (FOCAL_SHARE * max(width, height) / pinhole["radius_px"]) ** 2
    return Lens(
        aspect=width / height,
        focal_share=FOCAL_SHARE,
        k1=pinhole["k1"] * square,
        k2=pinhole["k2"] * square**2,
    )


def _speed_row(out: Path) -> dict[str, Any]:
    """Straightening a 12 MP frame beside cv2.warpPerspective alone, in the same run."""
    told = next(iter((out / "straighten-photographs").glob("*-wood.json")))
    truth = json.loads(told.read_text("utf-8"))
    scale = 4056 / max(truth["width_px"], truth["height_px"])
    picture = cv2.resize(cv2.imread(str(told.with_suffix(".jpg"))), None, fx=scale, fy=scale)
    quad = tuple(tuple(c * scale for c in corner) for corner in truth["quad"])
    ours, theirs = [], []
    for _ in range(5):
        start = time.process_time()
        page = straighten(picture, quad)
        ours.append(time.process_time() - start)
        start = time.process_time()
        cv2.warpPerspective(picture, page.to_page, page.image.shape[1::-1])
        theirs.append(time.process_time() - start)
    return {
        "pages": f"12 MP, page of {page.image.size / 3e6:.1f} MP; warpPerspective alone "
        f"{min(theirs) * 1e3:.0f} ms",
        "cpu_ms": round(min(ours) * 1e3, 1),
    }


def _read_rows(tries: list[Tried], count: int) -> list[dict[str, Any]]:
    """The error of reading pages whose curl was undone, before and after."""
    undone = [t for t in tries if t.page.curl is not None and t.text][:count]
    try:
        engine = PaddleEngine(Ocr(driver="paddle", threads=1))
    except ConfigError:
        return []
    rows = []
    for tried in undone:
        before, after = (
            laid_out(engine.read(image), image).plain for image in (tried.before, tried.page.image)
        )
        rows.append(
            {
                "pages": f"read: {tried.name}",
                "n": len(comparable(tried.text)),
                "bow before": round(tried.bow_before, 2),
                "bow after": round(tried.bow_after, 2),
                "error before": round(error_rate(before, tried.text), 4),
                "error after": round(error_rate(after, tried.text), 4),
            }
        )
    return [*rows, _read_together(rows)]


def _read_together(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All pages read, each by its length, and what the change may be (pages resampled)."""
    lengths, before, after = (
        np.array([row[key] for row in rows], float) for key in ("n", "error before", "error after")
    )
    picks = np.random.default_rng(SEED).integers(0, len(rows), (RESAMPLED, len(rows)))
    changes = (lengths * (after - before))[picks].sum(axis=1) / lengths[picks].sum(axis=1)
    low, high = np.percentile(changes, (2.5, 97.5))
    return {
        "pages": f"read: {len(rows)}, together; change {low:+.4f} to {high:+.4f}",
        "n": int(lengths.sum()),
        "error before": round(float(np.average(before, weights=lengths)), 4),
        "error after": round(float(np.average(after, weights=lengths)), 4),
    }


def _show(out: Path, tries: list[Tried]) -> None:
    """Before and after side by side, what was bent most first."""
    pictures = []
    for tried in sorted(tries, key=lambda t: -t.bow_before):
        scale = 700 / max(tried.page.image.shape[:2])
        pair = [
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            for image in (tried.before, tried.page.image)
        ]
        pictures.append((tried.name, np.hstack(pair)))
    contact_sheet(out / "straighten", pictures)
