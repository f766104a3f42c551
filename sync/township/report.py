"""What the township has, counted, and whether it is what it says: read only."""

from __future__ import annotations

import msgspec

from sync import chain
from sync.township.database import Database
from sync.township.vault import Vault, digest_of


class StationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One station in the status."""

    station: str
    epoch: str
    entries: int
    heard_at: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What is there."""

    stations: tuple[StationLine, ...]
    records: int
    files: int
    file_bytes: int
    receiving: int
    quarantined: int


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, and all that was wrong, each in a sentence."""

    entries: int
    objects: int
    frames: int
    frames_awaited: int
    wrong: tuple[str, ...]


def status(database: Database) -> Status:
    """Counts over the whole ledger."""
    stations = database.read(
        "SELECT station, epoch, durable_seq AS entries, heard_at FROM stations ORDER BY 1, 4"
    )
    (row,) = database.read(
        "SELECT (SELECT count(*) FROM records) AS records,"
        " (SELECT count(*) FROM objects) AS files,"
        " (SELECT coalesce(sum(size_bytes), 0) FROM objects) AS file_bytes,"
        " (SELECT count(*) FROM files) AS receiving,"
        " (SELECT count(*) FROM quarantine) AS quarantined"
    )
    return Status(stations=tuple(StationLine(**dict(line)) for line in stations), **dict(row))


def verify(database: Database, vault: Vault) -> Verification:
    """Hash every object again, follow every chain, compare each frame with its object.

    A frame whose master is still on its way is counted as awaited and is not wrong.
    """
    entries, broken = _chains(database)
    objects = database.read("SELECT sha256, size_bytes FROM objects ORDER BY sha256")
    wrong = [sentence for row in objects if (sentence := fault_of(vault, row["sha256"]))]
    frames, awaited, false = _frames(database)
    return Verification(
        entries=entries,
        objects=len(objects),
        frames=frames,
        frames_awaited=awaited,
        wrong=(*broken, *wrong, *false),
    )


def fault_of(vault: Vault, digest: str) -> str:
    """What is wrong with an object, in a sentence; empty when it is whole."""
    try:
        found = digest_of(vault.open(digest))
    except OSError as error:
        return f"文件 {digest} 找不到或读不出：{error}"
    return "" if found == digest else f"文件 {digest} 已损坏，现在的校验值是 {found}"


def _chains(database: Database) -> tuple[int, list[str]]:
    count, wrong = 0, []
    for head in database.read("SELECT station, epoch, durable_seq, chain FROM stations"):
        station, epoch = head["station"], head["epoch"]
        link = chain.first(station, epoch)
        rows = database.read(
            "SELECT seq, payload, chain FROM entries WHERE station = ? AND epoch = ? ORDER BY seq",
            station,
            epoch,
        )
        for seq, row in enumerate(rows, start=1):
            link = chain.following(link, seq, row["payload"].encode())
            if (row["seq"], row["chain"]) != (seq, link):
                wrong.append(f"{station} 的日志第 {row['seq']} 条与前文对不上（{epoch}）")
                break
        if (len(rows), link) != (head["durable_seq"], head["chain"]):
            wrong.append(f"{station} 的日志与台账所记的末尾不符（{epoch}）")
        count += len(rows)
    return count, wrong


def _frames(database: Database) -> tuple[int, int, list[str]]:
    """How many frames the journals tell of, how many have no object yet, and false sizes."""
    rows = database.read(
        "SELECT entries.station, seq, json_extract(payload, '$.body.size') AS told,"
        " size_bytes AS found"
        " FROM entries LEFT JOIN objects ON sha256 = json_extract(payload, '$.body.sha256')"
        " WHERE type = 'frame.kept'"
    )
    wrong = [
        f"{row['station']} 的日志第 {row['seq']} 条记为 {row['told']} 字节，"
        f"实有 {row['found']} 字节"
        for row in rows
        if row["found"] not in (None, row["told"])
    ]
    return len(rows), sum(row["found"] is None for row in rows), wrong
