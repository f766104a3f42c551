"""What exported files are called.

DA/T 31-2017 bases names on the archival code and advises single-page files named by the code and
the serial number of the image. Neither the separator nor the width of the serial is known from
the text itself; a hyphen and four digits are common.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from station.archival_code import parse

Copy = Literal["master", "archival", "access", "thumbnail"]

SERIAL_DIGITS = 4
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "image/jp2": ".jp2",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
}


def file_of(code: str, number: int, copy: Copy, media_type: str) -> PurePosixPath:
    """Where one copy of page `number` of an item lies: `access/<code>/<code>-0001.jpg`.

    Raises InputError when `code` is no archival code; one can hold nothing that a file system
    minds.
    """
    name = parse(code).file_name
    ending = ENDINGS.get(media_type, ".bin")
    return PurePosixPath(copy, name, f"{name}-{number:0{SERIAL_DIGITS}d}{ending}")
