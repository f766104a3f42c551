"""What the judge says of photographs whose faults are known: sure and doubtful, right and wrong.

A reason is surely said when it stands in `sure`, and said when it stands in `reasons`. `right/sure`
counts what was surely said, `least` is the lower end of its 95 % interval (Wilson 1927); recall is
how much of what is true was said. `again for nothing` are pages without a fault that another
exposure would mend, which the operator is asked to take again; `missed` those with one that were
not even doubted. Below that, each fault's frames from slight to gross: S surely told, d doubted,
- not told, . too slight to be one. Real pictures are judged beside the drawn ones by what people
said of them.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from station.imaging.glance import glance
from station.imaging.stand import Stand
from station.model import Quality, Reason
from tests.benchmarks._fault_set import FAULTS, fault_set
from tests.benchmarks._judged import Judged, judged
from tests.benchmarks._overlays import contact_sheet, drawn

SEED = int(os.environ.get("JUDGE_SEED", "4412"))
"""Limits were set on 4412: a fresh one tells what they are worth, once."""
Z = 1.96
REAL: dict[str, tuple[Reason, ...]] = {
    "a06_cheatsheet_dark.jpg": ("uneven-light",),
    "d01_cn_hand_card.jpg": ("cut",),
    "d02_cn_hand_notebook_shadow.jpg": ("cut",),
    "d08_old_letter_bleedthrough.png": ("cut",),
    "e01_black_frame.jpg": ("no-page", "dark"),
    "e02_blurred_text.png": ("blurred",),
    "e03_hard_shadow.jpg": ("uneven-light",),
    "e04_finger_in_frame.jpg": ("hand",),
    "e05_near_blank_sheet.jpg": (),
    "e06_dark_uneven_page.jpg": ("dark", "uneven-light"),
}
"""What manifest.json expects, or describes; of the others nothing bad is known."""

Row = dict[str, object]


def run(out: Path) -> list[Row]:
    """A row a reason, one of all, and one a kind of fault."""
    cv2.setNumThreads(1)
    samples = list(judged(fault_set(out / f"faults-{SEED}", SEED)))
    wrong = [one for one in samples if one.missed or one.sure - one.true]
    if wrong:
        contact_sheet(out / "judge", [(one.path.stem, _told(one)) for one in wrong])
    reasons = sorted({reason for one in samples for reason in one.true | one.said})
    rows = [_reason_row(reason, samples) for reason in reasons]
    kinds = [_kind_row(kind, samples) for kind in FAULTS]
    return [*rows, _all(samples, [_real(path) for path in _pictures()]), *kinds]


def lowest_share(right: int, said: int) -> float:
    """The lower end of the 95 % interval of a share (score interval, Wilson 1927)."""
    if not said:
        return 0.0
    share, spread = right / said, Z * Z / said
    middle, half = share + spread / 2, math.sqrt(spread * (share * (1 - share) + spread / 4))
    return (middle - half) / (1 + spread)


def _reason_row(reason: Reason, samples: Sequence[Judged]) -> Row:
    true = [one for one in samples if reason in one.true]
    sure = [one for one in samples if reason in one.sure]
    said = [one for one in samples if reason in one.said]
    both = sum(one in true for one in sure)
    return {
        "reason": reason,
        "true": len(true),
        "unclear": sum(reason in one.unclear for one in samples),
        "right/sure": f"{both}/{len(sure)}",
        "least": lowest_share(both, len(sure)),
        "sure recall": both / max(1, len(true)),
        "right/said": f"{sum(one in true for one in said)}/{len(said)}",
        "said recall": sum(one in said for one in true) / max(1, len(true)),
        "surely wrong": " ".join(one.path.stem for one in sure if one not in true),
    }


def _kind_row(kind: str, samples: Sequence[Judged]) -> Row:
    ones = sorted((one for one in samples if one.kind == kind), key=lambda one: one.step)
    return {"reason": kind, "slight to gross": "".join(_letter(one) for one in ones)}


def _letter(one: Judged) -> str:
    if not one.true:
        return "."
    return "S" if one.true & one.sure else "d" if one.true & one.said else "-"


def _all(samples: Sequence[Judged], real: Sequence[tuple[str, Quality]]) -> Row:
    right = sum(len(one.sure & one.true) for one in samples)
    sure = sum(len(one.sure) for one in samples)
    sound = [one for one in samples if one.sound]
    faulty = [one for one in samples if one.faulty]
    again = [name for name, quality in real if quality.verdict == "bad" and not REAL.get(name)]
    false = [
        f"{name}: {reason}"
        for name, quality in real
        for reason in sorted(set(quality.sure) - set(REAL.get(name, ())))
    ]
    return {
        "reason": "all",
        "true": sum(len(one.true) for one in samples),
        "unclear": sum(len(one.unclear) for one in samples),
        "right/sure": f"{right}/{sure}",
        "least": lowest_share(right, sure),
        "sure recall": right / max(1, sum(len(one.true) for one in samples)),
        "surely wrong": " ".join(false),
        "photographs": len(samples),
        "again for nothing": f"{sum(one.again for one in sound)}/{len(sound)}",
        "again, faulty": f"{sum(one.again for one in faulty)}/{len(faulty)}",
        "missed": f"{sum(one.missed for one in faulty)}/{len(faulty)}",
        "real again for nothing": f"{len(again)}/{len(real)}",
        "judge ms": float(np.median([one.seen.seconds["judge"] * 1000 for one in samples])),
        "glance cpu ms": float(np.median([one.cpu_ms for one in samples])),
    }


def _pictures() -> list[Path]:
    folder = Path(os.environ.get("STATION_SHARED", "../shared")) / "images"
    return [path for path in sorted(folder.glob("*")) if path.suffix in (".jpg", ".png")]


def _real(path: Path) -> tuple[str, Quality]:
    return path.name, glance(path.read_bytes(), Stand()).quality


def _told(one: Judged) -> np.ndarray:
    words = f"{one.path.stem}: sure {sorted(one.sure)} said {sorted(one.said)}"
    return drawn(cv2.imread(str(one.path)), f"{words} true {sorted(one.true)}")
