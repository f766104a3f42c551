"""A township for the power cut that breaks one rule on purpose: the test must notice.

`python -m tests.durability.careless_township CONFIG CONTROL`, where CONTROL is one of

    no-fsync        neither the staging area nor the vault is ever flushed
    normal          the ledger runs with synchronous=NORMAL
    off             the ledger runs with synchronous=OFF
    receipt-first   the receipt goes out, the commit comes some time later
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from firmware_config import load
from firmware_config.township_schema import Township
from sync.township import serving
from sync.township.ledger import Ledger
from sync.township.receiving import Receiving
from sync.township.staging import Staging
from sync.township.vault_folder import FolderVault

COMMITS_PUT_OFF = 40


class CarelessStaging(Staging):
    """Believes the page cache."""

    def sync(self) -> None:
        self._unsynced.clear()


class CarelessVault(FolderVault):
    """Renames, and never flushes."""

    def put(self, digest: str, staged: Path) -> None:
        place = self._place(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(place)


class CarelessLedger(Ledger):
    """Commits without waiting for the disk."""

    def __init__(self, path: Path, synchronous: str) -> None:
        super().__init__(path)
        self._db.read(f"PRAGMA synchronous={synchronous}")


class LateLedger(Ledger):
    """Commits now and then."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._put_off = 0

    def commit(self) -> None:
        self._put_off += 1
        if self._put_off % COMMITS_PUT_OFF == 0:
            super().commit()


def main(settings: Township, control: str) -> None:
    home = Path(settings.home)
    flushes = control != "no-fsync"
    with (
        closing(ledger(home / serving.LEDGER, control)) as book,
        closing((Staging if flushes else CarelessStaging)(home / serving.STAGING)) as staging,
    ):
        vault = (FolderVault if flushes else CarelessVault)(settings.vault, home)
        session = f"{control}-1"
        receiving = Receiving(
            settings, book, staging, vault, session=session, now=serving.wall_time
        )
        with serving.connected(settings, session) as connection:
            serving.serve(connection, receiving, lambda: False)


def ledger(path: Path, control: str) -> Ledger:
    match control:
        case "normal" | "off":
            return CarelessLedger(path, control)
        case "receipt-first":
            return LateLedger(path)
        case _:
            return Ledger(path)


if __name__ == "__main__":
    main(load.township(Path(sys.argv[1]), home=None), sys.argv[2])
