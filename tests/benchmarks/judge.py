"""What the judge says of photographs whose faults are known: sure and doubtful, right and wrong.

A reason is surely said when it stands in `sure`, and said when it stands in `reasons`. Precision is
how much of what was said is true, recall how much of what is true was said. `again for nothing` are
good pages that the operator is asked to take again, `missed` those with a fault that another
exposure would mend and that were not even doubted. Real pictures are judged beside the drawn ones
by what people said of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from station.imaging.glance import glance
from station.imaging.judge import MENDED_BY_ANOTHER
from station.imaging.stand import Stand
from station.model import Glance, Reason
from tests.benchmarks._faults import faults
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._photographs import photographs

UNTOLD: frozenset[Reason] = frozenset({"same", "low-dpi", "cradle-moved"})
"""Not faults of one photograph alone."""
REAL: dict[str, tuple[Reason, ...]] = {
    "e01_black_frame.jpg": ("no-page", "dark"),
    "e02_blurred_text.png": ("blurred",),
    "e03_hard_shadow.jpg": ("uneven-light",),
    "e04_finger_in_frame.jpg": ("hand",),
    "e05_near_blank_sheet.jpg": (),
    "e06_dark_uneven_page.jpg": ("dark", "uneven-light"),
}
"""After the `expected` of manifest.json. Of the others nothing bad is known."""


class Sample:
    """One picture, what is wrong with it, what is neither right nor wrong, and what was said."""

    def __init__(
        self,
        name: str,
        data: bytes,
        true: frozenset[Reason],
        unclear: frozenset[Reason] = frozenset(),
    ):
        self.name = name
        self.true = true
        self.unclear = unclear
        started_s = time.process_time()
        self.seen: Glance = glance(data, Stand())
        self.cpu_ms = (time.process_time() - started_s) * 1000
        self.data = data

    @property
    def sure(self) -> set[Reason]:
        """What was surely said and is right or wrong."""
        return set(self.seen.quality.sure) - UNTOLD - self.unclear

    @property
    def again(self) -> bool:
        return self.seen.quality.verdict == "bad"

    @property
    def faulty(self) -> bool:
        return bool(MENDED_BY_ANOTHER & self.true)

    @property
    def wrong(self) -> bool:
        quality = self.seen.quality
        missed = MENDED_BY_ANOTHER & self.true if not quality.reasons else set()
        return bool(missed or self.sure - self.true)


def run(out: Path) -> list[dict[str, object]]:
    cv2.setNumThreads(1)
    samples = [Sample(*picture) for picture in _drawn(photographs(out))]
    real = [Sample(*picture) for picture in _real()]
    contact_sheet(out / "judge", [(one.name, _told(one)) for one in [*samples, *real] if one.wrong])
    reasons = sorted(set(get_args(Reason)) - UNTOLD)
    rows = [_row(reason, samples, real) for reason in reasons]
    return [*rows, _all(samples, real, rows)]


def _drawn(folder: Path) -> Iterator[tuple[str, bytes, frozenset[Reason], frozenset[Reason]]]:
    for path in sorted(folder.rglob("*.jpg")):
        yield path.stem, path.read_bytes(), *faults(path)


def _real() -> Iterator[tuple[str, bytes, frozenset[Reason]]]:
    folder = Path(os.environ.get("STATION_SHARED", "../shared")) / "images"
    for path in sorted(folder.glob("*")):
        if path.suffix in (".jpg", ".png"):
            yield path.name, path.read_bytes(), frozenset(REAL.get(path.name, ()))


def _row(reason: Reason, samples: list[Sample], real: list[Sample]) -> dict[str, object]:
    clear = [one for one in samples if reason not in one.unclear]
    true = [one for one in clear if reason in one.true]
    said = [one for one in clear if reason in one.seen.quality.reasons]
    sure = [one for one in clear if reason in one.seen.quality.sure]
    return {
        "reason": reason,
        "true": len(true),
        "unclear": len(samples) - len(clear),
        "sure": len(sure),
        "sure precision": _share(sure, true),
        "sure recall": _share(true, sure),
        "said precision": _share(said, true),
        "said recall": _share(true, said),
        "real, surely wrong": " ".join(
            one.name
            for one in real
            if reason in one.seen.quality.sure and one.name in REAL and reason not in one.true
        ),
    }


def _share(some: list[Sample], of_which: list[Sample]) -> object:
    return float(np.mean([one in of_which for one in some])) if some else ""


def _all(
    samples: list[Sample], real: list[Sample], rows: list[dict[str, object]]
) -> dict[str, object]:
    sure = sum(len(one.sure) for one in samples)
    right = sum(len(one.sure & one.true) for one in samples)
    sound = [one for one in samples if not one.faulty and not MENDED_BY_ANOTHER & one.unclear]
    faulty = [one for one in samples if one.faulty]
    judged_ms = [one.seen.seconds["judge"] * 1000 for one in samples]
    return {
        "reason": "all",
        "true": sum(int(str(row["true"])) for row in rows),
        "unclear": sum(len(one.unclear) for one in samples),
        "sure": sure,
        "sure precision": right / max(1, sure),
        "sure recall": right / max(1, sum(len(one.true) for one in samples)),
        "photographs": len(samples),
        "again for nothing": float(np.mean([one.again for one in sound])),
        "again, faulty": float(np.mean([one.again for one in faulty])),
        "missed": float(np.mean([one.seen.quality.verdict == "good" for one in faulty])),
        "real again for nothing": sum(one.again and not one.true for one in real),
        "judge ms": float(np.median(judged_ms)),
        "glance cpu ms": float(np.median([one.cpu_ms for one in samples])),
    }


def _told(one: Sample) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(one.data, np.uint8), cv2.IMREAD_COLOR)
    words = f"{one.name}: sure {one.seen.quality.sure} said {one.seen.quality.reasons}"
    return drawn(picture, f"{words} true {sorted(one.true)}")
