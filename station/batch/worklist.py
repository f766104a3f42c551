"""What is to be read: masters, one after another, never all of them in memory.

A master's digest is its address. An export and a list have it in writing; that of a plain picture
is known only once the picture has been read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from firmware_config.errors import InputError
from station.capture.folder import MEDIA_TYPES, OTHER_KINDS, natural
from station.model import Noun

SUMS = "SHA256SUMS"
MASTERS = "master"
KINDS = frozenset(MEDIA_TYPES) | OTHER_KINDS
"""Other kinds are taken too: the reader refuses them by name, so that none is passed over."""
LINE = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)\n?", re.DOTALL)
"""A line of sha256sum; a backslash before it says that the name is escaped."""
ESCAPED = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


class Master(Noun, frozen=True, kw_only=True):
    """One picture to be read; `digest` is its SHA-256, or "" while nobody has read it."""

    path: str
    digest: str = ""


def masters(source: Path) -> Iterator[Master]:
    """The masters in `source`, in the same order each time.

    A folder: exports in it, at any depth, give what their SHA256SUMS names as a master; all other
    folders give their pictures. A file: the pictures of a list that `sha256sum` wrote, relative
    to its folder. One folder is in memory at a time. Raises InputError.
    """
    if not source.is_dir():
        yield from (each for each in _listed(source) if _is_picture(each.path))
    elif (source / SUMS).is_file() and (source / MASTERS).is_dir():
        inside = f"{source / MASTERS}{os.sep}"
        yield from (each for each in _listed(source / SUMS) if each.path.startswith(inside))
    else:
        yield from _walked(source)


def in_tasks(found: Iterable[Master], length: int) -> Iterator[tuple[Master, ...]]:
    """The masters in tuples of `length`, the last one shorter."""
    waiting = iter(found)
    while task := tuple(islice(waiting, length)):
        yield task


def _walked(folder: Path) -> Iterator[Master]:
    files, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif _is_picture(entry.name):
                    files.append(entry.name)
    except OSError as error:
        raise InputError(f"cannot list {folder}: {error.strerror}") from error
    yield from (Master(path=str(folder / name)) for name in sorted(files, key=natural))
    for name in sorted(folders, key=natural):
        yield from masters(folder / name)


def _listed(path: Path) -> Iterator[Master]:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                yield _of_line(path, number, line)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def _of_line(path: Path, number: int, line: str) -> Master:
    match = LINE.fullmatch(line)
    if match is None:
        raise InputError(
            f"{path}, line {number}: not a line of sha256sum",
            hint="清单不是 sha256sum 的格式，请重新生成。",
        )
    escaped, digest, name = match.groups()
    name = name.removesuffix("\n")
    if escaped:
        name = re.sub(r"\\[\\nr]", lambda found: ESCAPED[found[0]], name)
    return Master(path=str(path.parent / name), digest=digest)


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in KINDS  # noqa: PTH122  no Path for each of millions
