"""Pictures of a folder, one a press: for laptops, demonstrations and imports."""

from __future__ import annotations

import os
import re
from pathlib import Path

from firmware_config.errors import CameraError, ConfigError, InputError
from firmware_config.schema import Camera
from station.model import Exposure

MEDIA_TYPES = {
    ".bmp": "image/bmp",
    ".jp2": "image/jp2",
    ".jpe": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
"""The suffixes that are taken, in lower case; everything else in a folder is left out."""
OTHER_KINDS = frozenset({".avif", ".cr2", ".dng", ".gif", ".heic", ".heif", ".jxl", ".nef", ".pdf"})
"""Pictures too, but of kinds that we do not read: told, never passed over."""


class NoMorePictures(CameraError):  # noqa: N818  the end of a folder is not a fault
    """Every picture of the folder has been taken."""

    default_hint = "文件夹里的图片已全部拍完。"


class FolderCamera:
    """A camera whose n-th frame is the n-th picture of `settings.folder`, bytes untouched.

    Raises ConfigError when no folder is named or it is not there, CameraError when it holds no
    picture.
    """

    def __init__(self, settings: Camera) -> None:
        if not settings.folder:
            raise ConfigError("camera.folder is not set", hint="请在配置中写明图片文件夹。")
        folder = Path(settings.folder)
        if not folder.is_dir():
            raise ConfigError(
                f"camera.folder is not a folder: {printable(folder)}",
                hint="找不到图片文件夹，请检查配置。",
            )
        found = pictures(folder)
        if not found:
            raise CameraError(
                f"no pictures in {printable(folder)}", hint="文件夹里没有图片，请放入图片后重试。"
            )
        self._waiting = iter(found)
        self._folder = folder

    def expose(self) -> Exposure:
        """The next picture. Raises NoMorePictures after the last, CameraError if unreadable."""
        path = next(self._waiting, None)
        if path is None:
            raise NoMorePictures(f"no more pictures in {printable(self._folder)}")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CameraError(f"cannot read {printable(path)}: {error.strerror}") from error
        return Exposure(data=data, media_type=media_type(path), source=printable(path))

    def close(self) -> None:
        """Nothing is held open."""


def pictures(folder: Path) -> list[Path]:
    """Every picture in `folder` and below: its own first, then each sub-folder's.

    Names are in natural order (2 before 10); hidden files and folders are left out, and links to
    folders are not followed. Raises InputError when a folder cannot be listed.
    """
    found: list[Path] = []
    for parent, below, names in os.walk(folder, onerror=_unlisted):
        below[:] = sorted((name for name in below if not name.startswith(".")), key=natural)
        shown = sorted((name for name in names if not name.startswith(".")), key=natural)
        found += [
            path for name in shown if (path := Path(parent, name)).suffix.lower() in MEDIA_TYPES
        ]
    return found


def media_type(path: Path) -> str:
    """What the suffix says the picture is; `application/octet-stream` when it says nothing."""
    return MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")


def natural(name: str) -> tuple[list[tuple[str, int]], str]:
    """A key that sorts names as people do: `2.jpg` before `10.jpg`, whatever the case."""
    pairs = re.findall(r"([^0-9]*)([0-9]*)", name.casefold())
    return [(text, int(digits or -1)) for text, digits in pairs], name


def printable(path: Path) -> str:
    r"""The path as valid Unicode: a byte that is not UTF-8 becomes `\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _unlisted(error: OSError) -> None:
    place = printable(Path(error.filename))
    raise InputError(f"cannot list {place}: {error.strerror}") from error
