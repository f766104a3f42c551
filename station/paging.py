"""From a picture to its pages and what is read on them, wherever they go from here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import cv2
import msgspec

from firmware_config.errors import InputError
from firmware_config.schema import Rescue
from station.imaging import orientation
from station.imaging import page as imaging
from station.imaging.picture import Picture, Pixels
from station.imaging.stand import Stand
from station.model import Frame, Page, Point, Quad, Text
from station.ocr.engine import Engine
from station.transcribing import DEFAULT, Transcript, transcribe

HALF_TURN_DEG = 180
Keep = Callable[[Pixels], str]
"""Takes an image of a page and gives the name by which it is found."""


def pages_of(
    frame: Frame,
    picture: Picture,
    engine: Engine | None,
    stand: Stand,
    rescue: Rescue = DEFAULT,
    *,
    keep: Keep,
    previous: bytes = b"",
) -> list[tuple[Page, Text | None]]:
    """The pages of a picture in reading order, each with its text; without `engine`, no text.

    `previous` is the fingerprint of the page before. Raises InputError and EngineError.
    """
    dressed = imaging.dress(picture.pixels, stand, previous=previous)
    started_s = time.perf_counter()
    turn = _turn_of(dressed, engine) if engine else orientation.UNKNOWN
    turn_deg, is_sure = turn.deg, turn.confidence >= orientation.SURE
    turn_s = (time.perf_counter() - started_s) / len(dressed)
    if turn_deg == HALF_TURN_DEG:
        dressed = dressed[::-1]  # a book that lies upside down begins on its other side
    found = []
    for part, one in enumerate(dressed):
        started_s = time.perf_counter()
        image = orientation.turned_back(one.image, turn_deg)
        blank, may_turn = "blank" in one.quality.reasons, len(dressed) == 1 and not is_sure
        said = None
        if engine:
            said = transcribe(image, engine, rescue, may_turn=may_turn, may_be_blank=blank)
        more_deg = said.turn_deg if said else 0
        page = _page_of(frame, part, one, turn_deg + more_deg, scale=picture.scale)
        page = _timed(page, turn=turn_s, ocr=time.perf_counter() - started_s)
        kept = _kept(page, orientation.turned_back(image, more_deg), said, keep)
        found.append((kept, said.text if said else None))
    return found


def _turn_of(dressed: Sequence[imaging.Dressed], engine: Engine) -> orientation.Turn:
    """How far the writing of a frame stands turned clockwise; all pages of a book lie alike."""
    turns = [orientation.upright(one.image, engine) for one in dressed]
    return max(turns, key=lambda turn: turn.confidence)


def _page_of(
    frame: Frame, part: int, dressed: imaging.Dressed, turn_deg: int, *, scale: float
) -> Page:
    """The page without its images. `scale` is that of the picture it was dressed from."""
    height_px, width_px = dressed.image.shape[:2]
    turn_deg %= 360
    if turn_deg % HALF_TURN_DEG:
        height_px, width_px = width_px, height_px
    return Page(
        item=frame.item,
        shot=frame.shot,
        part=part,
        quad=_in_full_pixels(dressed.quad, scale),
        skew_deg=_turned(dressed.skew_deg, turn_deg),
        quality=dressed.quality,
        image="",
        width_px=width_px,
        height_px=height_px,
        fingerprint=dressed.fingerprint,
        seconds=dressed.seconds,
        steps=(*dressed.steps, f"turned {turn_deg}") if turn_deg else dressed.steps,
    )


def _timed(page: Page, **more_s: float) -> Page:
    seconds = page.seconds | more_s
    seconds["total"] = sum(seconds.values())
    return msgspec.structs.replace(page, seconds=seconds)


def _kept(page: Page, image: Pixels, said: Transcript | None, keep: Keep) -> Page:
    """The page with its images kept."""
    restored = said.restored if said else None
    return msgspec.structs.replace(
        page,
        image=keep(image),
        restored=keep(restored.image) if restored else "",
        restored_by=restored.applied if restored else (),
    )


def _turned(skew_deg: float, by_deg: int) -> float:
    """The sum, above -180 and up to 180 degrees."""
    return skew_deg if not by_deg else 180.0 - (180.0 - skew_deg - by_deg) % 360.0


def _in_full_pixels(quad: Quad | None, scale: float) -> Quad | None:
    if quad is None:
        return None
    corners: list[Point] = [(x / scale, y / scale) for x, y in quad]
    return corners[0], corners[1], corners[2], corners[3]


def jpeg_of(image: Pixels, quality: int) -> bytes:
    """A page's image as it is kept. Raises InputError when it is too large for a JPEG."""
    encoded, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not encoded:
        raise InputError(f"page of {image.shape[1]}x{image.shape[0]} px cannot be encoded as JPEG")
    return data.tobytes()
