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

from station.imaging.back import Slopes, Strokes, back_at, front_of, ink_of, strokes_of
from station.imaging.flat import gap_of, paper_level
from station.imaging.guard import MOST_LOST, strokes_kept
from station.imaging.lift import lifted_of
from station.imaging.paper import Grey, noise_of
from station.imaging.picture import Pixels
from station.imaging.seals import LONG_SIDE_PX as RED_SIDE_PX
from station.imaging.seals import red_of, seals_of, shrunk, take_red
from station.model import Noun

Step = Literal["light", "ink", "back", "seal"]

LONG_SIDE_PX = 2600
"""Strokes are told from one another on a page of at most this size."""
FAINT = 22
"""The gap of ink too faint to be read; down to it the recogniser does as well by itself."""
BAND_PX = 104
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
    half = shrunk(page, LONG_SIDE_PX)
    red = red_of(shrunk(half, RED_SIDE_PX))
    image, half, count = _unsealed(page, half, red)
    applied: list[Step] = ["seal"] if count else []
    level, gap, strokes = _seen(half, red)
    ink, back = ink_of(strokes)
    if told and not back:
        back = back_at(strokes, told)
    numbers = {"ink": ink / 255, "seals": float(count)}
    if back:
        front = front_of(strokes, back)
        bare = np.asarray(cv2.multiply(gap, front, scale=1 / 255), np.uint8)
        kept = strokes_kept(gap, bare, least_gap=back.darkest if told else 0.0)
        numbers |= {"back": back.gap / 255, "strokes": kept}
        if 1 - kept <= MOST_LOST:
            laid = _paper_over(level, np.asarray(cv2.bitwise_not(front), np.uint8))
            image = _covered(image, laid)
            applied.append("back")
    elif 0 < ink <= FAINT:
        lifted = cv2.resize(lifted_of(gap), page.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        image = _in_colour(np.asarray(lifted, np.uint8))
        applied += ["light", "ink"]
    return Restored(image=image, applied=tuple(applied), kept=bool(applied), numbers=numbers)


def strokes_seen(page: Pixels) -> Strokes:
    """The strokes of a page (HxWx3 BGR uint8) halved to at most LONG_SIDE_PX; red is left out."""
    half = shrunk(page, LONG_SIDE_PX)
    return _seen(half, red_of(shrunk(half, RED_SIDE_PX)))[2]


def for_viewing(page: Pixels) -> Restored:
    """The page for people's eyes, in colour; seals, stains, borders and holes stay."""
    half = shrunk(page, LONG_SIDE_PX)
    level, gap, strokes = _seen(half, red_of(shrunk(half, RED_SIDE_PX)))
    ink, back = ink_of(strokes)
    applied: list[Step] = ["light"]
    image = page if back else page.copy()
    if back:
        share = np.asarray(cv2.bitwise_not(front_of(strokes, back)), np.uint8)
        image = _faded(page, _tinted(_paper_over(level, share), half, level))
        applied.append("back")
    # Stains take blue and green light away, shadows all of it: red shows the light alone.
    _even(image, paper_level(np.ascontiguousarray(half[..., 2])))
    if not back and 0 < ink < SEEN_INK:
        _darken(image, min(MOST_DARKENED, SEEN_INK / ink))
        applied.append("ink")
    grey = _grey(shrunk(image, LONG_SIDE_PX))
    kept = strokes_kept(gap, gap_of(grey, paper_level(grey)))
    numbers = {"ink": ink / 255, "back": back.gap / 255 if back else 0.0, "strokes": kept}
    if 1 - kept > MOST_LOST:
        return Restored(image=page, applied=(), kept=False, numbers=numbers)
    return Restored(image=image, applied=tuple(applied), kept=True, numbers=numbers)


def _seen(half: Pixels, red: Grey) -> tuple[Grey, Grey, Strokes]:
    """The level of the paper, the gap of the ink, and its strokes."""
    grey = _grey(half)
    level = paper_level(grey)
    gap = gap_of(grey, level)
    # Red writing is never taken for the back, nor is what lies around the sheet.
    aside = cv2.max(cv2.dilate(red, np.ones((3, 3), np.uint8)), _beside(level, red.shape))
    aside = cv2.resize(aside, grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return level, gap, strokes_of(gap, np.asarray(aside, np.uint8), noise_of(grey))


def _beside(level: Grey, shape: tuple[int, ...]) -> Grey:
    """255 where there is no paper: a desk, a border, a hole."""
    usual = float(np.percentile(level, 75))
    dark = cv2.threshold(level, LEAST_PAPER * usual, 255, cv2.THRESH_BINARY_INV)[1]
    dark = cv2.dilate(dark, np.ones((7, 7), np.uint8))
    return np.asarray(cv2.resize(dark, shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def _unsealed(page: Pixels, half: Pixels, red: Grey) -> tuple[Pixels, Pixels, int]:
    """The page and its small copy without the red of seals and fingerprints; how many they were."""
    height, width = page.shape[:2]
    marks = [seal for seal in seals_of(red, (width, height)) if seal.kind != "redhead"]
    if not marks:
        return page, half, 0
    image, times = page.copy(), round(height / half.shape[0])
    small = half if times > 1 else image
    margin = round(SEAL_MARGIN_SHARE * max(height, width))
    for mark in marks:
        left, top, right, bottom = mark.box
        rows = slice(max(0, top - margin) // times, (bottom + margin) // times)
        columns = slice(max(0, left - margin) // times, (right + margin) // times)
        whole = tuple(slice(part.start * times, part.stop * times) for part in (rows, columns))
        take_red(image[whole])
        if times > 1:
            piece = small[rows, columns]
            cv2.resize(image[whole], piece.shape[1::-1], dst=piece, interpolation=cv2.INTER_AREA)
    return image, small, len(marks)


def _paper_over(level: Grey, share: Grey) -> Grey:
    """The page's own paper where `share` (0 to 255) says, else black."""
    paper = cv2.resize(level, share.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(paper, cv2.blur(share, (5, 5)), scale=1 / 255), np.uint8)


def _tinted(laid: Grey, half: Pixels, level: Grey) -> Pixels:
    """Paper in the colour that it usually has."""
    colour = np.median(half[::8, ::8].reshape(-1, 3), axis=0) / max(1.0, float(np.median(level)))
    parts = [cv2.convertScaleAbs(laid, alpha=float(part)) for part in colour]
    return np.asarray(cv2.merge(parts), np.uint8)


def _bands(page: Pixels, small: Grey | Pixels) -> Iterator[tuple[slice, Pixels]]:
    """Rows of the page and those of `small` made as large: so few that the cache holds them."""
    height, width = page.shape[:2]
    for top in range(0, height, BAND_PX):
        bottom = min(height, top + BAND_PX)
        first, last = (round(row * small.shape[0] / height) for row in (top, bottom))
        part = small[min(first, small.shape[0] - 1) : max(last, first + 1)]
        yield slice(top, bottom), np.asarray(cv2.resize(part, (width, bottom - top)), np.uint8)


def _faded(page: Pixels, laid: Pixels) -> Pixels:
    """The page with paper laid over it, under which a little is still to be seen.

    Paper is brighter than what stands on it, so the brighter of the two is the page without it.
    """
    faded = np.empty_like(page)
    for rows, paper in _bands(page, laid):
        bare = cv2.max(page[rows], paper)
        cv2.addWeighted(page[rows], BACK_LEFT, bare, 1 - BACK_LEFT, 0, dst=faded[rows])
    return faded


def _covered(page: Pixels, laid: Grey) -> Pixels:
    """The page with paper laid over it, in grey: a recogniser needs no colours."""
    covered = np.empty_like(page)
    for rows, paper in _bands(page, laid):
        cv2.cvtColor(cv2.max(_grey(page[rows]), paper), cv2.COLOR_GRAY2BGR, dst=covered[rows])
    return covered


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
