"""How exactly and how fast the turn of the text is measured, beside other programs.

Scans of 12 MP whose turn is known exactly (see _turned_pages), once by every method; then sheets
and pictures without text, on which any sure answer is wrong; then whole photographs are dressed:
the turn that is told against the true one, quarter turns aside.

AED is the mean error in degrees, TOP80 that of the best 80 %, CE the share within 0.1 degrees.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from station.imaging.page import dress
from station.imaging.skew import skew
from station.imaging.stand import Stand
from station.imaging.straighten import SURE
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._peers import EVERY, said_of
from tests.benchmarks._photographs import photographs
from tests.benchmarks._turned_pages import Turned, pages_without_text, turned_pages

Grey = NDArray[np.uint8]
SHOWN = 48


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a method said of a page, and how far off it was."""

    method: str
    name: str
    kind: str
    true_deg: float
    error_deg: float
    cpu_ms: float


def run(
    out: Path,
    *,
    pages: int = 240,
    seed: int = 20260,
    photos: bool = True,
    peers: bool = True,
) -> list[dict[str, Any]]:
    """A row a method, a row a kind of page, one of pages without text, one of photographs."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    folder = _fresh(out / "skew-pages")
    ours, kinds = _ours(folder, pages, seed)
    answers = [*ours, *(_peers(folder, out, kinds) if peers else [])]
    unsure = _without_text(max(4, pages // 4), seed)
    cv2.setNumThreads(threads)
    (out / "skew-answers.json").write_bytes(msgspec.json.format(msgspec.json.encode(answers)))
    _show(out / "skew-scans", folder, ours)
    rows = [_row(name, _of(answers, method=name)) for name in _names(answers, "method")]
    mine = _of(answers, method="station")
    rows += [_row(f"station: {kind}", _of(mine, kind=kind)) for kind in _names(mine, "kind")]
    return [*rows, unsure, *([dressed(out)] if photos else [])]


def hough(grey: Grey) -> float:
    """The common recipe: median angle of HoughLinesP on Canny edges at 1500 px."""
    small = cv2.resize(grey, None, fx=1500 / max(grey.shape), fy=1500 / max(grey.shape))
    found = cv2.HoughLinesP(cv2.Canny(small, 50, 150), 1, np.pi / 1800, 150, None, 150, 20)
    if found is None:
        return 0.0
    x0, y0, x1, y1 = found.reshape(-1, 4).T
    angles = (np.degrees(np.arctan2(y1 - y0, x1 - x0)) + 45) % 90 - 45
    return float(np.median(angles[np.abs(angles) <= 15])) if (np.abs(angles) <= 15).any() else 0.0


def _fresh(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    return folder


def _ours(folder: Path, pages: int, seed: int) -> tuple[list[Answer], dict[str, tuple[str, float]]]:
    """The station's answers and Hough's on every eighth; the pages are left in `folder`."""
    answers, kinds = [], {}
    for number, turned in enumerate(turned_pages(pages, seed)):
        (folder / f"{turned.name}.jpg").write_bytes(turned.jpeg)
        kinds[turned.name] = (turned.kind, turned.angle_deg or 0.0)
        grey = turned.grey
        answers.append(_timed("station", turned, grey))
        if number % EVERY == 0:
            answers.append(_timed("hough", turned, grey))
    return answers, kinds


def _timed(method: str, turned: Turned, grey: Grey) -> Answer:
    start = time.process_time()
    said = skew(grey).angle_deg if method == "station" else hough(grey)
    spent_ms = (time.process_time() - start) * 1e3
    return _answer(method, turned.name, (turned.kind, turned.angle_deg or 0.0), said, spent_ms)


def _answer(method: str, name: str, kind: tuple[str, float], said: float, ms: float) -> Answer:
    error = abs(said - kind[1])
    return Answer(
        method=method, name=name, kind=kind[0], true_deg=kind[1], error_deg=error, cpu_ms=ms
    )


def _peers(folder: Path, out: Path, kinds: dict[str, tuple[str, float]]) -> list[Answer]:
    """What the peers say; a page they give no angle for counts as not turned."""
    return [
        _answer(
            said["method"], said["name"], kinds[said["name"]],
            said["angle_deg"] or 0.0, said["cpu_ms"],
        )
        for said in said_of(folder, out / "peers")
    ]  # fmt: skip


def _without_text(count: int, seed: int) -> dict[str, Any]:
    told = [skew(page.grey).sureness for page in pages_without_text(count, seed)]
    sure = float(np.mean([sureness >= SURE for sureness in told]))
    return {"method": "station: no text", "pages": count, "sure_wrong": round(sure, 4)}


def _show(folder: Path, scans: Path, answers: list[Answer]) -> None:
    """Our worst pages, to look at."""
    worst = sorted(_of(answers, method="station"), key=lambda answer: -answer.error_deg)[:SHOWN]
    pictures = []
    for answer in worst:
        words = f"{answer.true_deg:+.2f} off by {answer.error_deg:.3f}"
        scan: Any = cv2.imread(str(scans / f"{answer.name}.jpg"))
        pictures.append((answer.name, drawn(scan, words)))
    contact_sheet(folder, pictures)


def dressed(out: Path) -> dict[str, Any]:
    """The row of `dress` over photographs; overlays in `out`/skew, the worst first in skew.jpg."""
    tries, answers = [], []
    for told in sorted(photographs(out).rglob("*.json")):
        truth = json.loads(told.read_text(encoding="utf-8"))
        if truth["skew_deg"] is None:
            continue
        picture: Any = cv2.imread(str(told.with_suffix(".jpg")))
        start = time.process_time()
        page, *_ = dress(picture, Stand())
        spent_ms = (time.process_time() - start) * 1e3
        error = (page.skew_deg - truth["skew_deg"] + 45) % 90 - 45
        name = f"{told.parent.name}-{told.stem}"
        answers.append(_answer("dress", name, ("photograph", 0.0), error, spent_ms))
        words = f"{page.skew_deg:+.2f}, off by {error:+.3f}"
        tries.append((abs(error), name, drawn(page.image, words)))
    tries.sort(key=lambda row: -row[0])
    contact_sheet(out / "skew", [(name, picture) for _, name, picture in tries])
    return _row("dress, on photographs", answers)


def _names(answers: list[Answer], field: str) -> list[str]:
    return list(dict.fromkeys(getattr(answer, field) for answer in answers))


def _of(answers: list[Answer], **only: str) -> list[Answer]:
    return [a for a in answers if all(getattr(a, field) == is_ for field, is_ in only.items())]


def _row(name: str, answers: list[Answer]) -> dict[str, Any]:
    errors = np.sort([answer.error_deg for answer in answers])
    return {
        "method": name,
        "pages": len(errors),
        "AED": round(float(errors.mean()), 4),
        "TOP80": round(float(errors[: max(1, len(errors) * 4 // 5)].mean()), 4),
        "CE": round(float(np.mean(errors <= 0.1)), 3),
        "p95": round(float(np.percentile(errors, 95)), 3),
        "worst": round(float(errors[-1]), 3),
        "cpu_ms": round(float(np.median([answer.cpu_ms for answer in answers])), 1),
    }
