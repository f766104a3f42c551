"""What is wrong with a photograph, by what was measured while it was drawn.

The photographer names reasons by what it set in a scene; here they follow from what arrived on the
page. Between two limits a fault is too slight to be right or wrong about: such a sample is not
counted for that reason, whatever is said of it, and how many there are is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from station.model import Reason

BLUR_MM = (0.2, 0.28)
"""Deviation of the blur on the paper: a stroke of a pen is 0.4 mm wide."""
DIM = (0.55, 0.45)
"""The brightest light on the page, 1 being well exposed."""
BRIGHT = (1.15, 1.3)
"""The middle of its darkest and brightest light: paper is white from 1.1."""
GLARE = (0.004, 0.02)
"""Share of the page that gains 40 grey levels."""
UNEVEN = (0.58, 0.5)
"""Darkest over brightest light."""
HAND = (0.0, 0.003)
"""Share of the page: less is the tip of a nail."""
CUT_SHARE = 0.005
"""Of the page's area: less than that beyond the frame is less than a millimetre."""
CUT_NEAR = 0.003
"""Of the frame's long side: a page that ends so near to the border is not surely whole."""


def faults(path: Path) -> tuple[frozenset[Reason], frozenset[Reason]]:
    """What is true of the photograph at `path`, and what is neither true nor false."""
    truth = json.loads(path.with_suffix(".json").read_text())
    if not truth["pages"]:
        return frozenset({"no-page"}), _of_no_page(truth["scene"])
    measures = truth["measures"]
    low, high = measures["light_low"], measures["light_high"]
    degrees: dict[Reason, float] = {
        "blurred": _degree(measures["blur_px"] / truth["px_per_mm"], BLUR_MM),
        "dark": _degree(high, DIM),
        "bright": _degree((low + high) / 2, BRIGHT),
        "glare": _degree(measures["glare_share"], GLARE),
        "uneven-light": _degree(low / high, UNEVEN),
        "hand": _degree(measures["hand_share"], HAND),
        "cut": max(_cut(page, truth) for page in truth["pages"]),
        "blank": float(not truth["lines"]),
        "several": float(len(truth["pages"]) > 1 and not truth["gutter"]),
    }
    true = frozenset(reason for reason, degree in degrees.items() if degree >= 1)
    return true, frozenset(reason for reason, degree in degrees.items() if 0 < degree < 1)


def _of_no_page(scene: Mapping[str, Any]) -> frozenset[Reason]:
    """What is neither true nor false where no page lies.

    Other papers on the desk are sheets, too, cut off by the frame and softly drawn; a display has
    light of its own.
    """
    other_papers: frozenset[Reason] = frozenset({"cut", "several", "blurred"})
    display: frozenset[Reason] = frozenset({"uneven-light"})
    return (other_papers if scene["clutter"] else frozenset()) | (
        display if scene["screen"] else frozenset()
    )


def _degree(value: float, limits: tuple[float, float]) -> float:
    """0 up to the first limit, 1 from the second, which may be the smaller."""
    return min(1.0, max(0.0, (value - limits[0]) / (limits[1] - limits[0])))


def _cut(page: Mapping[str, Any], truth: Mapping[str, Any]) -> float:
    if page["cut_sides"]:
        return 1.0 if page["outside_share"] >= CUT_SHARE else 0.5
    near_px = CUT_NEAR * max(truth["width_px"], truth["height_px"])
    sizes = truth["width_px"], truth["height_px"]
    gaps = (min(p[k], sizes[k] - p[k]) for p in page["quad"] for k in (0, 1))
    return 0.5 if min(gaps) < near_px else 0.0
