"""After a restore from backup: begin a new generation, so that every station offers all it has."""

from __future__ import annotations

import secrets

import msgspec

from sync.township import report
from sync.township.database import Database
from sync.township.vault import Vault


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger knows now: files that are whole, and those it had to forget."""

    server_gen: str
    files: int
    forgotten: tuple[str, ...]


def restored(database: Database, vault: Vault) -> Restored:
    """Draw a new server_gen, and forget the files that the vault does not hold whole.

    The backups of ledger and vault are never of the same moment, and `server_gen` comes back
    with the ledger: by itself nothing tells a station that receipted files are gone. Hashes the
    whole vault. Raises StorageError.
    """
    digests = [row["sha256"] for row in database.read("SELECT sha256 FROM objects ORDER BY 1")]
    forgotten = tuple(digest for digest in digests if report.fault_of(vault, digest))
    for digest in forgotten:
        database.write("DELETE FROM objects WHERE sha256 = ?", digest)
    server_gen = secrets.token_hex(8)
    database.write("UPDATE facts SET value = ? WHERE name = 'server_gen'", server_gen)
    database.commit()
    return Restored(server_gen=server_gen, files=len(digests) - len(forgotten), forgotten=forgotten)
