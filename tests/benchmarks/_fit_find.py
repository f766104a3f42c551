"""Fit the weights of station/imaging/odds.py, and tell how far to trust them.

    python -m tests.benchmarks._fit_find [FOLDER...]

FOLDERs hold photographs of `python -m tests.pages --set bench` with seeds that no benchmark uses;
without one, some are drawn (SEED). Variants (_variants.py) are made of them. Three in ten frames
are held out; the weights of the rest are printed with how both parts fare, and how often an answer
of a given confidence is right.

The model is a conditional logit (McFadden 1974) of all candidates of a frame and "no sheet". The
loss is the log chance of an answer that overlaps a true sheet by 0.9, and, half as heavy, of the
best of those answers; weights are kept small, for the drawn frames are more alike than real ones.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from station.imaging.candidates import candidates
from station.imaging.edges import at_working_size, scene
from tests.benchmarks._cases import cases, photographed

SEED, COUNT, LONG_SIDE_PX, VARIANTS_EACH = 101, 224, 1800, 20
CANDIDATES = 200
RIGHT = 0.9
SHARPNESS = 0.01
"""Overlap by which one right answer is clearly better than another."""
NEAR, SMALL = 0.05, 0.004
"""Penalties on the squared distance of a standardised cue's weight from PRIOR, and from 0."""
PRIOR = {
    "least support": 1.56,
    "support": 6.68,
    "beyond": -1.70,
    "most beyond": -2.67,
    "least contrast": 1.64,
    "contrast": 0.86,
    "least light": 0.41,
    "light": 0.87,
    "too dark": -2.01,
    "rough": -3.42,
    "area": 0.90,
    "borders": -2.18,
    "perspective": 0.91,
    "even": 1.95,
}
"""Weights of an earlier fit on drawings with rougher edges than these photographs have."""
HELD, FIRMLY = ("least light", "light", "too dark"), 1.0
"""Drawn albums are dark pages more often than real frames hold dark covers, bags and shadows."""
STEPS = 1500


class Frame(NamedTuple):
    """Cues of Q candidates (QxC), their overlap with a true sheet (Q), whether there is one."""

    cues: np.ndarray
    overlap: np.ndarray
    sheet: bool


def overlaps(corners: np.ndarray, truth: np.ndarray, width: int, height: int) -> np.ndarray:
    """IoU of each quad (Qx4x2) with the true one, both clipped to the frame."""
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    right = clipped(_hull(truth), frame)
    shares = []
    for quad in corners:
        part = clipped(_hull(quad), frame)
        common = _area(clipped(part, right))
        shares.append(common / (_area(part) + _area(right) - common + 1e-6))
    return np.array(shares)


def clipped(polygon: np.ndarray, by: np.ndarray) -> np.ndarray:
    """The part of a convex polygon (Nx2) within another, both clockwise in an image.

    Sutherland and Hodgman 1974: OpenCV's intersection is wrong where corners meet.
    """
    for start, end in zip(by, np.roll(by, -1, axis=0), strict=True):
        if not len(polygon):
            break
        along = end - start
        side = along[0] * (polygon[:, 1] - start[1]) - along[1] * (polygon[:, 0] - start[0])
        corners = []
        for at in range(len(polygon)):
            one, other = side[at - 1], side[at]
            if (one < 0) != (other < 0):
                share = one / (one - other)
                corners.append(polygon[at - 1] + share * (polygon[at] - polygon[at - 1]))
            if other >= 0:
                corners.append(polygon[at])
        polygon = np.array(corners, np.float64).reshape(-1, 2)
    return polygon


def _hull(quad: np.ndarray) -> np.ndarray:
    """Its corners clockwise in an image, where y grows downwards."""
    hull = cv2.convexHull(np.asarray(quad, np.float32), clockwise=False).reshape(-1, 2)
    hull = hull.astype(np.float64)
    return hull if _signed(hull) > 0 else hull[::-1]


def _area(polygon: np.ndarray) -> float:
    return abs(_signed(polygon)) if len(polygon) > 2 else 0.0


def _signed(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def seen(pixels: np.ndarray, quads: tuple[np.ndarray, ...]) -> tuple[list[str], Frame] | None:
    """The candidates of a picture and how right they are; None where it has none."""
    small, factor = at_working_size(pixels)
    found = candidates(scene(small, factor), CANDIDATES)
    if not found.cues:
        return None
    height, width = small.shape[:2]
    truths = [(np.asarray(quad) + 0.5) / factor - 0.5 for quad in quads]
    best = np.zeros(len(found.corners))
    for truth in truths:
        best = np.maximum(best, overlaps(found.corners, truth, width, height))
    return list(found.cues), Frame(np.stack(list(found.cues.values()), axis=1), best, bool(quads))


class Frames:
    """Frames on end: one row a candidate, and where each frame's rows begin."""

    def __init__(self, frames: list[Frame]) -> None:
        counts = [len(frame.cues) for frame in frames]
        self.cues = np.concatenate([frame.cues for frame in frames]).astype(float)
        self.starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        self.frame = np.repeat(np.arange(len(counts)), counts)
        overlap = np.concatenate([frame.overlap for frame in frames])
        self.right = overlap >= RIGHT
        self.known = self.over(self.right) > 0
        most = np.maximum.reduceat(np.where(self.right, overlap, 0), self.starts)[self.frame]
        target = np.where(self.right, np.exp((overlap - most) / SHARPNESS), 0)
        self.target = target / np.maximum(self.over(target), 1e-9)[self.frame]

    def over(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(values.astype(float), self.starts))

    def slope(self, odds: np.ndarray) -> np.ndarray:
        """How the loss changes with the odds of each candidate."""
        highest = np.maximum(np.maximum.reduceat(odds, self.starts), 0)
        weight = np.exp(odds - highest[self.frame])
        share = weight / (self.over(weight) + np.exp(-highest))[self.frame]
        among = np.where(self.right, weight, 0)
        among /= np.maximum(self.over(among), 1e-30)[self.frame]
        known = self.known[self.frame]
        return np.asarray(share - known * among + 0.5 * known * (among - self.target))


def fitted(frames: list[Frame], names: list[str]) -> np.ndarray:
    """Weights for cues as they are, by Adam (Kingma and Ba 2015) on standardised cues."""
    data, constant = Frames(frames), names.index("always")
    middle, spread = data.cues.mean(axis=0), data.cues.std(axis=0) + 1e-6
    middle[constant], spread[constant] = 0, 1
    cues = (data.cues - middle) / spread
    free = np.arange(len(names)) != constant
    before = np.array([PRIOR.get(name, 0.0) for name in names]) * spread * free
    pull = np.where([name in PRIOR for name in names], NEAR, SMALL) * free
    pull = np.where([name in HELD for name in names], FIRMLY, pull)
    weights, drift, power = before.copy(), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        slope = cues.T @ data.slope(cues @ weights) / len(frames) + pull * (weights - before)
        drift = 0.9 * drift + 0.1 * slope
        power = 0.999 * power + 0.001 * slope**2
        weights -= 0.03 * (drift / (1 - 0.9**step)) / (np.sqrt(power / (1 - 0.999**step)) + 1e-8)
    own = weights / spread
    own[constant] -= float((own * middle)[free].sum())
    return np.asarray(own)


def judged(frames: list[Frame], weights: np.ndarray) -> np.ndarray:
    """For each frame how sure the likeliest answer is, and whether it is right: Fx2.

    The confidence is that of contest.py but for what overlaps: every candidate is a rival.
    """
    rows = []
    for frame in frames:
        odds = frame.cues @ weights
        best = int(np.argmax(odds))
        weight = np.exp(np.minimum(odds, 30))
        own = weight[frame.overlap >= RIGHT] if frame.overlap[best] >= RIGHT else weight[[best]]
        rows.append((own.sum() / (1 + weight.sum()), frame.overlap[best] >= RIGHT))
    return np.array(rows, float)


def reliability(rows: np.ndarray) -> list[str]:
    """Confidence said and share that was right, in bins."""
    lines = []
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        own = rows[(rows[:, 0] >= low) & (rows[:, 0] < high)]
        if len(own):
            said, right = own.mean(axis=0)
            lines.append(
                f"{low:.1f} to {min(high, 1):.1f}: {len(own):4d} said {said:.3f}, right {right:.3f}"
            )
    return lines


def main(folders: list[Path]) -> None:
    """Print the weights, and how confidence fares on frames that were held out."""
    cv2.setNumThreads(1)
    own = Path("bench-out/photographs") / f"fit-{LONG_SIDE_PX}"
    folders = folders or [photographed(own, SEED, COUNT, LONG_SIDE_PX)]
    frames: list[Frame] = []
    names: list[str] = []
    for folder in folders:
        for name, case in cases(folder, SEED, VARIANTS_EACH):
            told = None if "screen" in name else seen(case.pixels, case.quads)
            if told:
                names = told[0]
                frames.append(told[1])
    order = np.random.default_rng(SEED).permutation(len(frames))
    held = {int(k) for k in order[: len(order) * 3 // 10]}
    parts = {
        "fitted on": [frame for k, frame in enumerate(frames) if k not in held],
        "held out": [frames[k] for k in sorted(held)],
    }
    weights = fitted(parts["fitted on"], names)
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    for part, own_frames in parts.items():
        print(
            f"{part}: {len(own_frames)} frames", *reliability(judged(own_frames, weights)), sep="\n"
        )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
