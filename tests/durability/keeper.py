"""A writer for the power cut: keeps frames as the capture process does, and says each digest.

`python -m tests.durability.keeper HOME SEED [CONTROL]`. A control breaks one rule on purpose, so
that the test can show that it would notice:

    no-fsync    the blob is renamed into place without having been flushed
    normal      the database runs with synchronous=NORMAL
    ack-first   the page is acknowledged before it is kept
"""

from __future__ import annotations

import hashlib
import random
import sys
from itertools import count
from pathlib import Path

from firmware_config.schema import Fonds
from station.model import Exposure
from station.store import Store, frames
from station.store.spool import Spool


class CarelessSpool(Spool):
    """Writes and renames, and never flushes."""

    def keep(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(data)
        temporary.rename(path)
        return digest


def main(home: Path, seed: int, control: str) -> None:
    chance = random.Random(seed)
    with Store.open(home, station="st-001") as store:
        if control == "no-fsync":
            store.spool = CarelessSpool(store.spool.folder)
        if control == "normal":
            store.db.execute("pragma synchronous = normal")
        item = frames.open_item(store, Fonds(number="Z001"), year=2026)
        for _ in count():
            data = chance.randbytes(chance.randrange(20_000, 200_000))
            if control == "ack-first":
                print(hashlib.sha256(data).hexdigest(), flush=True)
            exposure = Exposure(data=data, media_type="image/jpeg", source="keeper")
            frame = frames.keep(store, item.id, exposure)
            if control != "ack-first":
                print(frame.digest, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
