"""The vault: where whole files stay, by their SHA-256."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from firmware_config import drivers
from firmware_config.township_schema import Vault as VaultSettings

READ_BYTES = 1 << 20


class Vault(Protocol):
    """A place that keeps files for good. A driver is made as `Driver(settings, home)`."""

    def put(self, digest: str, staged: Path) -> None:
        """Keep the file at `staged` as `digest`, durably; `staged` may be gone afterwards.

        What is there already is replaced, for it may be damaged. Without `staged` it is only
        made durable. Raises StorageError, also when neither is there.
        """

    def open(self, digest: str) -> BinaryIO:
        """The bytes of `digest`. Raises StorageError when they are not there."""

    def has(self, digest: str) -> bool:
        """Whether `digest` is there."""


def open_vault(settings: VaultSettings, home: Path) -> Vault:
    """The vault that the configuration names. Raises DriverError."""
    return cast(Vault, drivers.load("township.vaults", settings.driver)(settings, home))


def digest_of(stream: BinaryIO) -> str:
    """SHA-256 of all that `stream` has, hex; the stream is closed."""
    sha256 = hashlib.sha256()
    with stream:
        while block := stream.read(READ_BYTES):
            sha256.update(block)
    return sha256.hexdigest()
