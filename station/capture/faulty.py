"""A camera that fails in a known way. Faults are drivers, so that tests patch nothing."""

from __future__ import annotations

import io
import threading

from PIL import Image, ImageDraw

from firmware_config.errors import CameraError, ConfigError
from firmware_config.schema import Camera
from station.model import Exposure

FAULTS = ("every-third", "hang", "truncated", "empty")


class FaultyCamera:
    """A camera that draws its own sheets and has the fault that `settings.folder` names.

    `every-third` fails on shots 3, 6, 9 …; `hang` never returns until closed; `truncated` gives
    the first half of each JPEG; `empty` gives no byte. Raises ConfigError for another name.
    """

    def __init__(self, settings: Camera) -> None:
        if settings.folder not in FAULTS:
            raise ConfigError(
                f"camera.folder names the fault: {', '.join(FAULTS)}; not {settings.folder!r}"
            )
        self._fault = settings.folder
        self._quality = settings.jpeg_quality
        self._shots = 0
        self._closed = threading.Event()

    def expose(self) -> Exposure:
        """The next sheet, or the fault. Raises CameraError."""
        self._shots += 1
        if self._fault == "every-third" and self._shots % 3 == 0:
            raise CameraError(f"shot {self._shots} failed, as every third does")
        if self._fault == "hang":
            self._closed.wait()
            raise CameraError("the camera was closed while it hung")
        return Exposure(
            data=self._spoiled(sheet(self._shots, self._quality)),
            media_type="image/jpeg",
            source=f"faulty:{self._fault}:{self._shots}",
        )

    def close(self) -> None:
        """Let a hanging `expose` go."""
        self._closed.set()

    def _spoiled(self, data: bytes) -> bytes:
        kept = {"truncated": len(data) // 2, "empty": 0}.get(self._fault, len(data))
        return data[:kept]


def sheet(number: int, quality: int) -> bytes:
    """A JPEG of a white sheet on a dark desk that bears its number; no two are alike."""
    picture = Image.new("RGB", (480, 640), (60, 50, 45))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((50, 60, 430, 580), fill=(245, 243, 238))
    for row in range(8):
        draw.text((80, 100 + 50 * row), f"sheet {number} line {row + 1}", fill=(20, 20, 20))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
