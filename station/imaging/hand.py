"""A hand in view: something of the colour of skin that reaches into the page from its edge."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.paper import Grey
from station.imaging.sheet import Sheet

REDDER = 9
"""Steps of Lab a* by which skin, or a pink finger cot, is redder than the paper."""
LEAST_SHARE, MOST_SHARE = 0.0015, 0.2
LEAST_DEPTH = 0.03
"""Of the page's long side."""
LEAST_SHAPE = 0.3
"""Depth over width at the edge; a strip of desk beside the sheet has 0.1."""


def hand_share(sheet: Sheet) -> float:
    """The share of the page covered by a hand that reaches in from the edge; 0 without one."""
    size = (sheet.surface.shape[1], sheet.surface.shape[0])
    small = cv2.resize(sheet.image, size, interpolation=cv2.INTER_AREA)
    skin = _skin(np.asarray(small, np.uint8), sheet.middle)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(skin)
    area = max(1, int(np.count_nonzero(sheet.middle)))
    rim = _rim(sheet.middle)
    shares = [
        float(stats[label, cv2.CC_STAT_AREA] / area)
        for label in range(1, count)
        if _reaches_in(np.asarray(labels == label, np.uint8), rim, area)
    ]
    return sum(shares)


def _skin(small: Grey, middle: Grey) -> Grey:
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)
    paper = np.median(lab[middle > 0].reshape(-1, 3), axis=0) if middle.any() else np.zeros(3)
    lightness, red, yellow = (lab[..., channel].astype(int) for channel in range(3))
    skin = (red - paper[1] >= REDDER) & (yellow >= 118) & (lightness > 50) & (middle > 0)
    return np.asarray(cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5))))


def _rim(middle: Grey) -> Grey:
    """The outermost pixels of what is inside."""
    inner = cv2.erode(middle, np.ones((5, 5), np.uint8), borderValue=(0.0,))
    return np.asarray(cv2.subtract(middle, inner), np.uint8)


def _reaches_in(blob: Grey, rim: Grey, area: int) -> bool:
    """Solid, not too large, touching the edge, and no mere strip of desk along it."""
    size = int(blob.sum())
    if not LEAST_SHARE * area <= size <= MOST_SHARE * area:
        return False
    touching = int(np.count_nonzero(blob & (rim > 0))) / 2  # the rim is two pixels wide
    depth = float(
        cv2.distanceTransform(np.asarray(rim == 0, np.uint8), cv2.DIST_L2, 3)[blob > 0].max()
    )
    outline = cv2.convexHull(np.argwhere(blob)[:, ::-1].astype(np.int32))
    solid = size / max(1.0, float(cv2.contourArea(outline)))
    return (
        touching > 0
        and depth > LEAST_DEPTH * max(blob.shape)
        and depth > LEAST_SHAPE * touching
        and solid > 0.7
    )
