"""Restored pages: derivatives that are easier to read; the page itself stays as it is.

`for_reading` changes only what keeps a recogniser from reading, since it reads through shadows,
stains and yellow paper by itself, and gives clean pages back untouched. `for_viewing` is for
people: even light, stronger ink, a fainter back; colours, stains, borders and holes stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import cv2
import numpy as np

from station.imaging.back import Slopes, back_at, front_of, ink_of
from station.imaging.flat import bands, gap_of, paper_level, paper_of
from station.imaging.guard import MOST_LOST, strokes_kept, thinned
from station.imaging.lift import lifted_of
from station.imaging.paper import Grey, noise_of
from station.imaging.picture import Pixels
from station.imaging.seals import LONG_SIDE_PX as RED_SIDE_PX
from station.imaging.seals import Floats, halved, halvings, red_of, seals_of, shrunk, take_red
from station.imaging.strokes import Strokes, strokes_of
from station.model import Noun

Step = Literal["light", "ink", "back", "seal"]

LONG_SIDE_PX = 2600
"""Strokes are told from one another on a page of at most this size."""
FAINT = 22
"""The gap of ink too faint to be read; down to it the recogniser does as well by itself."""
SEAL_MARGIN_SHARE = 0.004
LEAST_PAPER = 0.6
"""Of the usual level: below lies hardly paper; what stands there tells nothing of a page."""
DARKEST_PAPER = 0.35
"""Of the usual level: below lies no paper but a border or a hole."""
LEAST_GAIN, MOST_GAIN = 0.8, 1.6
BACK_LEFT = 0.35
"""Of the back's gap, for people: they want to see that something is written there."""
SEEN_INK, MOST_DARKENED = 100, 3.0
"""The gap that faint ink is brought to for people, and by how much at most."""


class Restored(Noun, frozen=True, kw_only=True):
    """A derivative of a page: `image` is BGR uint8 of the page's size, `applied` the steps done.

    `kept` says whether it differs from the page and may be used; when it is False, `image` is the
    page itself. `numbers`: `ink` and `back`, the gaps of the writing and of what shines through
    (0 to 1); `strokes`, the share of dark strokes kept; `seals`, how many were taken out.
    """

    image: Pixels
    applied: tuple[Step, ...]
    kept: bool
    numbers: dict[str, float]


def for_reading(page: Pixels, told: Slopes | None = None) -> Restored:
    """What a recogniser reads better than `page` (HxWx3 BGR uint8), or `page` itself.

    `told` are the slopes of a back that was proved by reading, for where it is not seen here.
    """
    grey, red, colour = _small(page)
    image, count = _unsealed(page, grey, red)
    applied: list[Step] = ["seal"] if count else []
    paper, gap, strokes = _seen(grey, red)
    ink, back = ink_of(strokes)
    if told and not back:
        back = back_at(strokes, told)
    numbers = {"ink": ink / 255, "seals": float(count)}
    if back:
        front = front_of(strokes, back)
        kept = _kept(gap, front, back.darkest if told else 0.0)
        numbers |= {"back": back.gap / 255, "strokes": kept}
        if 1 - kept <= MOST_LOST:
            image = image if count else page.copy()
            _cover(image, front, paper, colour)
            applied.append("back")
    elif 0 < ink <= FAINT:
        image = _enlarged(lifted_of(gap), page.shape)
        applied += ["light", "ink"]
    return Restored(image=image, applied=tuple(applied), kept=bool(applied), numbers=numbers)


def strokes_seen(page: Pixels) -> Strokes:
    """The strokes of a page (HxWx3 BGR uint8) halved to at most LONG_SIDE_PX; red is left out."""
    grey, red, _ = _small(page)
    return _seen(grey, red)[2]


def for_viewing(page: Pixels) -> Restored:
    """The page for people's eyes, in colour; seals, stains, borders and holes stay."""
    grey, red, colour = _small(page)
    paper, gap, strokes = _seen(grey, red)
    ink, back = ink_of(strokes)
    applied: list[Step] = ["light"]
    image = page.copy()
    if back:
        _cover(image, front_of(strokes, back), paper, colour, left=BACK_LEFT)
        applied.append("back")
    # Stains take blue and green light away, shadows all of it: red shows the light alone.
    _even(image, paper_level(np.ascontiguousarray(shrunk(page, LONG_SIDE_PX)[..., 2])))
    if not back and 0 < ink < SEEN_INK:
        _darken(image, min(MOST_DARKENED, SEEN_INK / ink))
        applied.append("ink")
    grey = _grey(shrunk(image, LONG_SIDE_PX))
    kept = strokes_kept(thinned(gap), thinned(gap_of(grey, paper_of(grey))))
    numbers = {"ink": ink / 255, "back": back.gap / 255 if back else 0.0, "strokes": kept}
    if 1 - kept > MOST_LOST:
        return Restored(image=page, applied=(), kept=False, numbers=numbers)
    return Restored(image=image, applied=tuple(applied), kept=True, numbers=numbers)


def _small(page: Pixels) -> tuple[Grey, Grey, Floats]:
    """The page small and grey, smaller what of it is red, and its usual colour (B, G, R)."""
    times = halvings(page.shape, LONG_SIDE_PX)
    more = halvings(page.shape, RED_SIDE_PX) - times
    grey = np.empty((page.shape[0] >> times, page.shape[1] >> times), np.uint8)
    parts = []
    for rows in bands(len(grey)):
        half = halved(page[rows.start << times : rows.stop << times], times)
        cv2.cvtColor(half, cv2.COLOR_BGR2GRAY, dst=grey[rows])
        if len(half) >> more:  # the last rows may be too few
            parts.append(halved(half, more))
    small = np.vstack(parts)
    return grey, red_of(small), np.median(small[::4, ::4].reshape(-1, 3), axis=0)


def _seen(grey: Grey, red: Grey) -> tuple[Grey, Grey, Strokes]:
    """The paper, the gap of the ink, and its strokes; `grey` is given up."""
    paper, noise = paper_of(grey), noise_of(grey)
    gap = gap_of(grey, paper)
    # Red writing is never taken for the back, nor is what lies around the sheet.
    aside = cv2.max(cv2.dilate(red, np.ones((3, 3), np.uint8)), _beside(paper, red.shape))
    return paper, gap, strokes_of(gap, np.asarray(aside, np.uint8), noise)


def _beside(paper: Grey, shape: tuple[int, ...]) -> Grey:
    """255 where there is no paper: a desk, a border, a hole."""
    small = np.asarray(cv2.resize(paper, shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    usual = float(np.percentile(small[::4, ::4], 75))
    dark = cv2.threshold(small, LEAST_PAPER * usual, 255, cv2.THRESH_BINARY_INV)[1]
    return np.asarray(cv2.dilate(dark, np.ones((9, 9), np.uint8)), np.uint8)


def _unsealed(page: Pixels, grey: Grey, red: Grey) -> tuple[Pixels, int]:
    """The page without the red of seals and fingerprints, in `grey` too; how many they were."""
    height, width = page.shape[:2]
    marks = [seal for seal in seals_of(red, (width, height)) if seal.kind != "redhead"]
    if not marks:
        return page, 0
    image, times = page.copy(), round(height / grey.shape[0])
    margin = round(SEAL_MARGIN_SHARE * max(height, width))
    for left, top, right, bottom in (mark.box for mark in marks):
        rows = slice(max(0, top - margin) // times, (bottom + margin) // times)
        columns = slice(max(0, left - margin) // times, (right + margin) // times)
        small = grey[rows, columns]
        whole = image[rows.start * times :, columns.start * times :]
        piece = whole[: small.shape[0] * times, : small.shape[1] * times]
        take_red(piece)
        cv2.resize(_grey(piece), small.shape[::-1], dst=small, interpolation=cv2.INTER_AREA)
    return image, len(marks)


def _kept(gap: Grey, front: Grey, least_gap: float) -> float:
    """The share of dark strokes that belong to the front."""
    few, share = thinned(gap), thinned(front)
    bare = np.asarray(cv2.multiply(few, share, scale=1 / 255), np.uint8)
    return strokes_kept(few, bare, least_gap=least_gap)


def _cover(image: Pixels, front: Grey, paper: Grey, colour: Floats, left: float = 0.0) -> None:
    """Lay the page's own paper over all but the front; `left` of what is below stays.

    Paper is brighter than what stands on it, so the brighter of the two is the page without it.
    """
    times = round(image.shape[0] / front.shape[0])
    tint = colour / float(np.median(paper[::16, ::16]))
    for rows in bands(front.shape[0]):
        share = cv2.blur(cv2.bitwise_not(front[rows]), (5, 5))
        laid = cv2.multiply(paper[rows], share, scale=1 / 255)
        colours = [cv2.convertScaleAbs(laid, alpha=float(part)) for part in tint]
        # Each pixel `times` as wide, and below as high: linear steps would cost twice as much.
        wide = np.asarray(cv2.merge(colours * times), np.uint8).reshape(laid.shape[0], -1, 3)
        for first in range(times):
            lines = slice(rows.start * times + first, rows.stop * times, times)
            line = image[lines, : wide.shape[1]]
            bare = cv2.max(line, wide, dst=None if left else line)
            if left:
                cv2.addWeighted(line, left, bare, 1 - left, 0, dst=line)


def _bands(page: Pixels, small: Grey | Pixels) -> Iterator[tuple[slice, Pixels]]:
    """Rows of the page and those of `small` made as large: so few that the cache holds them."""
    height, width = page.shape[:2]
    for rows in bands(height):
        first, last = (round(row * small.shape[0] / height) for row in (rows.start, rows.stop))
        part = small[min(first, small.shape[0] - 1) : max(last, first + 1)]
        yield rows, np.asarray(cv2.resize(part, (width, rows.stop - rows.start)), np.uint8)


def _enlarged(small: Grey, shape: tuple[int, ...]) -> Pixels:
    """A small picture in the size of a page, in grey."""
    large = np.empty(shape, np.uint8)
    for rows, grey in _bands(large, small):
        cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR, dst=large[rows])
    return large


def _even(page: Pixels, level: Grey) -> None:
    """Make the page as if lit evenly, as bright as it mostly is."""
    usual = float(np.percentile(level, 75))
    gain = np.clip(usual / level.astype(np.float32), LEAST_GAIN, MOST_GAIN)
    gain[level < DARKEST_PAPER * usual] = 1.0
    small = cv2.blur(np.asarray(np.round(64 * gain), np.uint8), (5, 5))
    small = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_LINEAR)
    for rows, times in _bands(page, _in_colour(np.asarray(small, np.uint8))):
        cv2.multiply(page[rows], times, dst=page[rows], scale=1 / 64)


def _darken(page: Pixels, times: float) -> None:
    """Bring the writing `times` as far from its paper."""
    size = tuple(max(1, side // 16) for side in page.shape[1::-1])
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.resize(cv2.medianBlur(closed, 15), None, fx=8, fy=8)
    for rows, bare in _bands(page, np.asarray(paper, np.uint8)):
        cv2.addWeighted(page[rows], times, bare, 1 - times, 0, dst=page[rows])


def _grey(page: Pixels) -> Grey:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)


def _in_colour(grey: Grey) -> Pixels:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
