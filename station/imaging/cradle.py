"""A fixed cradle: where its sheets lie is learned once and then checked on every frame.

A camera that was pushed is reported, never corrected: what was learned holds no longer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from firmware_config.errors import ConfigError, InputError
from station.imaging import rim as rims
from station.imaging.find import Finding
from station.imaging.paper import Grey
from station.imaging.picture import Pixels
from station.imaging.spread import Spread
from station.model import Noun, Point, Quad

Corners = NDArray[np.float32]

FEWEST = 5
SURE = 0.5
TOGETHER = 0.03
"""Of the frame's long side: corners further off are those of another sheet."""
MOVED_SHIFT = 0.004
"""Of the frame's long side: about 1.5 mm on an A4 sheet that fills it."""
MOVED_TURN_DEG = 0.3
MOVED_SCALE = 0.005
"""Half a hundredth of the resolution."""


class Look(Noun, frozen=True, kw_only=True):
    """What is kept of one frame to learn from; `gutter` where the sheet is an open book."""

    width_px: int
    height_px: int
    factor: int
    small: Grey
    finding: Finding
    gutter: tuple[Point, Point] | None = None


class Cradle(Noun, frozen=True, kw_only=True):
    """The geometry of a fixed cradle, in pixels of its frames.

    `quad` is the median sheet, `scatter_px` how far half of the corners lie from it, `gutter` the
    median one where books are scanned. `px_per_mm` is the mean over the sheet, None where its
    size was not told. `picture` is the small grey frame as PNG, `rim` (PNG) is 255 where that
    shows what stands still.
    """

    width_px: int
    height_px: int
    frames: int
    quad: Quad
    scatter_px: float
    gutter: tuple[Point, Point] | None = None
    px_per_mm: float | None = None
    picture: bytes
    rim: bytes

    @property
    def dpi(self) -> float | None:
        """Pixels an inch in the plane of the sheet, or None."""
        return None if self.px_per_mm is None else self.px_per_mm * 25.4


class Agreement(Noun, frozen=True, kw_only=True):
    """How a frame lies against the cradle.

    `shift_px` of the frame, `turn_deg` clockwise, `scale` 1 is as learned; told `by` the rim, or by
    the sheet, which people lay by hand, so that only several together mean anything, or by nothing.
    `moved` is only ever said by the rim.
    """

    shift_px: float = 0.0
    turn_deg: float = 0.0
    scale: float = 1.0
    by: Literal["rim", "sheet", "nothing"] = "nothing"
    moved: bool = False


def look(pixels: Pixels, finding: Finding, spread: Spread | None = None) -> Look:
    """What `learned` wants of a frame (HxWx3 BGR)."""
    small, factor = rims.small(pixels)
    height, width = pixels.shape[:2]
    gutter = None if spread is None else spread.gutter
    return Look(width_px=width, height_px=height, factor=factor, small=small, finding=finding,
                gutter=gutter)  # fmt: skip


def learned(looks: Sequence[Look], *, sheet_mm: tuple[float, float] | None = None) -> Cradle:
    """The cradle that frames of one place and one size of sheet show.

    `sheet_mm` are the sides of one page. Raises InputError where fewer than 5 frames agree.
    """
    sure = [look for look in looks if _sure(look.finding)]
    first = sure[0] if sure else None
    alike = [look for look in sure if first and look.small.shape == first.small.shape]
    if first is None or len(alike) < FEWEST:
        raise _too_few(len(alike))
    quads = np.array([look.finding.quad for look in alike])
    apart = np.linalg.norm(quads - np.median(quads, axis=0), axis=2)
    long_px = max(first.width_px, first.height_px)
    together = apart.max(axis=1) < TOGETHER * long_px
    kept = [look for look, stays in zip(alike, together, strict=True) if stays]
    if len(kept) < max(FEWEST, 0.6 * len(alike)):
        raise _too_few(len(kept))
    quad = quad_of(np.median(quads[together], axis=0))
    gutters = [look.gutter for look in kept if look.gutter]
    book = 2 * len(gutters) > len(kept)
    picture, rim = rims.learned_rim(
        [look.small for look in kept], [look.finding.quad or quad for look in kept], first.factor
    )
    return Cradle(
        width_px=first.width_px,
        height_px=first.height_px,
        frames=len(kept),
        quad=quad,
        scatter_px=float(np.median(apart[together])),
        gutter=_line(np.median(np.array(gutters), axis=0)) if book else None,
        px_per_mm=None if sheet_mm is None else _px_per_mm(quad, sheet_mm, pages=1 + book),
        picture=_png(picture),
        rim=_png(rim),
    )


def agrees(cradle: Cradle, finding: Finding, pixels: Pixels) -> Agreement:
    """How a frame (HxWx3 BGR) and what was found in it lie against the cradle."""
    height, width = pixels.shape[:2]
    if (width, height) != (cradle.width_px, cradle.height_px):
        return Agreement()
    now, factor = rims.small(pixels)
    sheet = (finding.quad if _sure(finding) else None) or cradle.quad
    told = rims.motion(_grey(cradle.picture), _grey(cradle.rim), now, sheet, factor)
    if told is None:
        return _by_sheet(cradle, finding)
    shift_px, long_px = math.hypot(told.x, told.y) * factor, max(width, height)
    moved = _beyond(told.least * factor, told.turn_deg, told.scale, long_px)
    if not moved and told.most * factor > MOVED_SHIFT * long_px:
        return _by_sheet(cradle, finding)
    return Agreement(
        shift_px=shift_px, turn_deg=told.turn_deg, scale=told.scale, by="rim", moved=moved
    )


def moved_together(cradle: Cradle, agreements: Sequence[Agreement]) -> bool:
    """Whether the cradle has moved by the word of several frames: of their rims, or their sheets.

    Sheets say so when at least 5 lie off by the same shift, turn and scale.
    """
    if rim := [agreement for agreement in agreements if agreement.by == "rim"]:
        return 2 * sum(agreement.moved for agreement in rim) > len(rim)
    told = np.array([(a.shift_px, a.turn_deg, a.scale) for a in agreements if a.by == "sheet"])
    if len(told) < FEWEST:
        return False
    middle = np.median(told, axis=0)
    long_px = max(cradle.width_px, cradle.height_px)
    scatter = float(np.median(np.abs(told[:, 0] - middle[0])))
    shift_px, turn_deg, scale = (float(value) for value in middle)
    beyond = _beyond(shift_px, turn_deg, scale, long_px)
    return beyond and bool(middle[0] > 3 * max(scatter, cradle.scatter_px))


def encoded(cradle: Cradle) -> bytes:
    """The cradle as JSON."""
    return msgspec.json.format(msgspec.json.encode(cradle), indent=1)


def decoded(data: bytes) -> Cradle:
    """A cradle from its JSON. Raises ConfigError where it is none."""
    try:
        return msgspec.json.decode(data, type=Cradle)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"not a cradle: {error}", hint="托架标定文件已损坏，请重新运行 station cradle learn。"
        ) from error


def _sure(finding: Finding) -> bool:
    return finding.kind == "sheet" and finding.confidence >= SURE


def _by_sheet(cradle: Cradle, finding: Finding) -> Agreement:
    if finding.quad is None or not _sure(finding):
        return Agreement()
    learnt, now = np.array(cradle.quad), np.array(finding.quad)
    fitted, _ = cv2.estimateAffinePartial2D(learnt, now, method=cv2.LMEDS)
    if fitted is None:
        return Agreement()
    shift = float(np.linalg.norm(now.mean(axis=0) - learnt.mean(axis=0)))
    turn = math.degrees(math.atan2(fitted[1, 0], fitted[0, 0]))
    scale = math.hypot(fitted[0, 0], fitted[1, 0])
    return Agreement(shift_px=shift, turn_deg=turn, scale=scale, by="sheet")


def _beyond(shift_px: float, turn_deg: float, scale: float, long_px: int) -> bool:
    far, turned = shift_px > MOVED_SHIFT * long_px, abs(turn_deg) > MOVED_TURN_DEG
    return far or turned or abs(scale - 1) > MOVED_SCALE


def _px_per_mm(quad: Quad, sheet_mm: tuple[float, float], *, pages: int) -> float:
    area_px = cv2.contourArea(np.array(quad, np.float32))
    return math.sqrt(area_px / (pages * sheet_mm[0] * sheet_mm[1]))


def _too_few(count: int) -> InputError:
    return InputError(
        f"{count} frames show a sheet at one place; at least {FEWEST} are needed",
        hint=f"能看清同一位置纸张的照片只有{count}张，至少要{FEWEST}张，请用同样大小的纸重拍。",
    )


def quad_of(corners: Corners) -> Quad:
    """Four corners (4x2) as a quad."""
    a, b, c, d = [(float(x), float(y)) for x, y in corners]
    return a, b, c, d


def _line(ends: Corners) -> tuple[Point, Point]:
    (x0, y0), (x1, y1) = ends
    return (float(x0), float(y0)), (float(x1), float(y1))


def _png(grey: Grey) -> bytes:
    return cv2.imencode(".png", grey)[1].tobytes()


def _grey(png: bytes) -> Grey:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
