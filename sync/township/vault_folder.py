"""A vault in a folder: `vault/ab/<sha256>`."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from firmware_config.township_schema import Vault
from sync.township.disk import disk, make_folder, sync_folder


class FolderVault:
    """Files by digest under `settings.folder`, which is relative to `home`."""

    def __init__(self, settings: Vault, home: Path) -> None:
        self._folder = home / settings.folder
        with disk(f"vault {self._folder}"):
            make_folder(self._folder)

    def put(self, digest: str, staged: Path) -> None:
        """Move `staged` in: fsync, rename, fsync the folder.

        What stands there already is replaced: `staged` was hashed a moment ago, it was not.
        """
        place = self._place(digest)
        with disk(f"vault {digest}"):
            make_folder(place.parent)
            if staged.is_file():
                _sync_file(staged)
                _move(staged, place)
            elif not place.is_file():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            # Also for what was there: whoever moved it in may have died before this line.
            sync_folder(place.parent)

    def open(self, digest: str) -> BinaryIO:
        """The file's bytes."""
        with disk(f"vault {digest}"):
            return self._place(digest).open("rb")

    def has(self, digest: str) -> bool:
        """Whether the file is there."""
        return self._place(digest).is_file()

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move(staged: Path, place: Path) -> None:
    try:
        staged.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The vault stands on another file system: copy under a name that is not a digest.
        copy = place.with_suffix(".copy")
        shutil.copyfile(staged, copy)
        _sync_file(copy)
        copy.rename(place)
        staged.unlink()
