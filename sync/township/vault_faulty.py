"""A folder vault that fails as told by `fault`: `full:2` after two puts that went well."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import BinaryIO

from firmware_config.township_schema import Vault
from sync.township.disk import disk
from sync.township.vault_folder import FolderVault


class FaultyVault(FolderVault):
    """`full` refuses to put, `damage` flips a bit of what it keeps, `gone` cannot find it."""

    def __init__(self, settings: Vault, home: Path) -> None:
        super().__init__(settings, home)
        self._fault, _, count = settings.fault.partition(":")
        self._good_puts = int(count or 0)

    def put(self, digest: str, staged: Path) -> None:
        """Keep the file, or fail."""
        failing = self._good_puts <= 0
        self._good_puts -= 1
        if failing and self._fault == "full":
            with disk(f"vault {digest}"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().put(digest, staged)
        if failing and self._fault == "damage":
            place = self._place(digest)
            data = place.read_bytes()
            place.write_bytes(bytes([data[0] ^ 1]) + data[1:])

    def open(self, digest: str) -> BinaryIO:
        """The file's bytes, unless they are `gone`."""
        if self._fault == "gone" and self._good_puts <= 0:
            with disk(f"vault {digest}"):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return super().open(digest)
