"""Free Chinese typefaces, found by file name under the system's font folders."""

from __future__ import annotations

import functools
from pathlib import Path

from PIL import ImageFont

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)

FACES = {
    "song": ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    "song-bold": ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
    "song-traditional": ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK TC"),
    "hei": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
    "kai": ("ukai.ttc", "AR PL UKai CN"),
    "kai-traditional": ("ukai.ttc", "AR PL UKai TW"),
    "ming": ("uming.ttc", "AR PL UMing CN"),
}

PACKAGES = "fonts-noto-cjk fonts-arphic-ukai fonts-arphic-uming"


class FontMissingError(FileNotFoundError):
    """A typeface is not installed; only drawing needs it, never reading the committed pictures."""


@functools.cache
def located(face: str) -> tuple[Path, int]:
    """Give the file of `face` and its index in the collection; raises FontMissingError."""
    name, family = FACES[face]
    for folder in FOLDERS:
        for path in sorted(folder.rglob(name)):
            for index in range(16):
                try:
                    font = ImageFont.truetype(path, 20, index=index)
                except OSError:
                    break
                if font.getname()[0] == family:
                    return path, index
    raise FontMissingError(f"typeface {family!r} ({name}) is absent: apt-get install {PACKAGES}")


@functools.lru_cache(maxsize=256)
def font(face: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Load `face`; basic layout, since Raqm is not on every machine and moves glyphs."""
    path, index = located(face)
    return ImageFont.truetype(path, size_px, index=index, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def lacks(face: str, character: str) -> bool:
    """Whether `face` would draw its empty box for `character`."""
    loaded = font(face, 32)
    return bytes(loaded.getmask(character)) == bytes(loaded.getmask("\ufdd0"))


def absent() -> str:
    """Say what is missing, or give an empty string when every face is there."""
    try:
        for face in FACES:
            located(face)
    except FontMissingError as error:
        return str(error)
    return ""
