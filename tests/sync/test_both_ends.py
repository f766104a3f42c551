"""Both ends joined by a link that loses, repeats and reorders, and crashes of either."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_config.schema import Sync
from firmware_config.township_schema import Township, Vault
from sync.parcel import Parcel, unpack
from sync.ranges import covers
from sync.sending import Sending
from sync.township.ledger import Ledger
from sync.township.receiving import Receiving
from sync.township.staging import Staging
from sync.township.vault_folder import FolderVault
from sync.wire import FileState, Grant, Receipt
from tests.sync.memory import MemoryOutbox

STATION = "s1"
CHUNK_BYTES = 1024
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


class PowerCut(BaseException):
    """The township dies here; a BaseException, so that nothing on the way can mistake it."""


class Doom:
    """Counts down the township's durable steps to its death."""

    def __init__(self) -> None:
        self.steps_left: int | None = None

    def step(self) -> None:
        if self.steps_left is None:
            return
        self.steps_left -= 1
        if self.steps_left < 0:
            self.steps_left = None
            raise PowerCut


class DoomedLedger(Ledger):
    def __init__(self, path: Path, doom: Doom) -> None:
        super().__init__(path)
        self._doom = doom

    def commit(self) -> None:
        self._doom.step()
        super().commit()
        self._doom.step()


class DoomedVault(FolderVault):
    def __init__(self, home: Path, doom: Doom) -> None:
        super().__init__(Vault(), home)
        self._doom = doom

    def put(self, digest: str, staged: Path) -> None:
        self._doom.step()
        super().put(digest, staged)
        self._doom.step()


class ForgetfulStaging(Staging):
    """Holds writes back until they are synced, as the page cache may."""

    def __init__(self, folder: Path, doom: Doom) -> None:
        super().__init__(folder)
        self._doom = doom
        self._held: list[tuple[str, int, bytes]] = []

    def write(self, digest: str, offset: int, data: bytes) -> None:
        self._held.append((digest, offset, data))

    def sync(self) -> None:
        for number, (digest, offset, data) in enumerate(self._held):
            super().write(digest, offset, data)
            if number % 3 == 2:
                self._doom.step()
        self._held.clear()
        super().sync()
        self._doom.step()


class World:
    """One station, one township, and what is on the wire between them."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.chance = random.Random(seed)
        self.now_s = 0.0
        self.doom = Doom()
        self.outbox = MemoryOutbox(STATION)
        self.up: list[Parcel] = []
        self.down: list[Parcel] = []
        self.receiving: Receiving | None = None
        self._close: Callable[[], None] = lambda: None
        self.start_station()
        self.start_township()

    def start_station(self) -> None:
        pace = Sync(
            chunk_bytes=CHUNK_BYTES, no_progress_s=2.0, retry_first_s=0.1, retry_longest_s=1.0
        )
        self.sending = Sending(STATION, self.outbox, pace, self.chance)
        self.sending.link_up(self.now_s)

    def start_township(self) -> None:
        policy = Township(
            receiver="rx01",
            home=str(self.home),
            credit_bytes=65_536,
            receipt_every_bytes=4096,
            receipt_every_s=0.25,
        )
        ledger = DoomedLedger(self.home / "township.db", self.doom)
        staging = ForgetfulStaging(self.home / "staging", self.doom)
        vault = DoomedVault(self.home, self.doom)
        self._close = lambda: (staging.close(), ledger.close())[0]
        session = f"{self.chance.getrandbits(64):x}"
        self.receiving = Receiving(
            policy, ledger, staging, vault, session=session, now=lambda: "2026-11-22T00:00:00Z"
        )

    def crash_township(self) -> None:
        self._close()
        self.receiving = None
        self.down.clear()

    def station_speaks(self, most: int) -> None:
        for _ in range(most):
            parcel = self.sending.next_parcel(self.now_s)
            if parcel is None:
                return
            self.up.append(parcel)

    def township_hears(self, parcel: Parcel) -> None:
        if self.receiving is not None:
            self._or_dies(lambda: self.receiving and self.receiving.take(parcel, self.now_s))

    def township_speaks(self) -> None:
        if self.receiving is None:
            return
        due_s = self.receiving.due_s()
        if due_s is not None and due_s <= self.now_s:
            self._or_dies(self._settle)

    def _settle(self) -> None:
        assert self.receiving is not None
        for word in self.receiving.settle(self.now_s):
            self.assert_true(word)
            self.down.append(word)

    def _or_dies(self, act: Callable[[], object]) -> None:
        try:
            act()
        except PowerCut:
            self.crash_township()

    def station_hears(self, parcel: Parcel) -> None:
        if parcel.address.kind == "grant":
            grant = unpack(parcel.payload, parcel.enc, Grant)
            assert not grant.refused
            self.sending.granted(grant, self.now_s)
        else:
            receipt = unpack(parcel.payload, parcel.enc, Receipt)
            assert not receipt.refused
            self.sending.receipted(receipt, self.now_s)

    def assert_true(self, word: Parcel) -> None:
        """What is said is durable: another connection to the disk sees it."""
        kind = Grant if word.address.kind == "grant" else Receipt
        said = unpack(word.payload, word.enc, kind)
        assert isinstance(said, Grant | Receipt)
        db = sqlite3.connect(self.home / "township.db")
        (entries,) = db.execute("SELECT count(*) FROM entries").fetchone()
        db.close()
        assert entries >= said.durable_seq
        for state in said.files:
            self._assert_file(state)

    def _assert_file(self, state: FileState) -> None:
        data = self.outbox.files[state.sha256]
        if state.state == "stored":
            vault = FolderVault(Vault(), self.home)
            with vault.open(state.sha256) as stream:
                assert stream.read() == data
        if state.have:
            staged = (self.home / "staging" / f"{state.sha256}.part").read_bytes()
            assert all(staged[start:end] == data[start:end] for start, end in state.have)
            assert covers(state.have, *state.have[0])

    def calm(self) -> None:
        """From here on nothing goes wrong; everything must arrive in bounded time."""
        self.doom.steps_left = None
        if self.receiving is None:
            self.start_township()
        for _ in range(600):
            if self.outbox.empty():
                return
            self.station_speaks(20)
            for parcel in _taken(self.up):
                self.township_hears(parcel)
            self.now_s += 0.1
            self.township_speaks()
            for parcel in _taken(self.down):
                self.station_hears(parcel)
        raise AssertionError(f"not all arrived: {self.outbox.accepted()}")

    def assert_each_once(self) -> None:
        db = sqlite3.connect(self.home / "township.db")
        rows = db.execute("SELECT seq, payload, chain FROM entries ORDER BY seq").fetchall()
        objects = [digest for (digest,) in db.execute("SELECT sha256 FROM objects")]
        (partial,) = db.execute("SELECT count(*) FROM files").fetchone()
        db.close()
        assert rows == [(e.seq, e.payload.decode(), e.chain) for e in self.outbox.entries]
        assert sorted(objects) == sorted(self.outbox.files)
        assert partial == 0
        vault = FolderVault(Vault(), self.home)
        for digest in objects:
            with vault.open(digest) as stream:
                assert hashlib.sha256(stream.read()).hexdigest() == digest
        assert list((self.home / "staging").iterdir()) == []


def _taken(parcels: list[Parcel]) -> list[Parcel]:
    taken = parcels[:]
    parcels.clear()
    return taken


def _chaos(world: World, act: str, number: int) -> None:  # noqa: PLR0912
    def pick(parcels: list[Parcel]) -> int:
        return number % len(parcels)

    match act:
        case "speak":
            world.station_speaks(1 + number % 5)
        case "carry up" if world.up:
            world.township_hears(world.up.pop(pick(world.up) if number % 4 == 0 else 0))
        case "carry down" if world.down:
            world.station_hears(world.down.pop(pick(world.down) if number % 4 == 0 else 0))
        case "repeat up" if world.up:
            world.township_hears(world.up[pick(world.up)])
        case "repeat down" if world.down:
            world.station_hears(world.down[pick(world.down)])
        case "lose up" if world.up:
            world.up.pop(pick(world.up))
        case "lose down" if world.down:
            world.down.pop(pick(world.down))
        case "wait":
            world.now_s += (0.05, 0.3, 1.1, 3.0)[number % 4]
            world.township_speaks()
        case "answer":
            world.township_speaks()
        case "capture":
            size = (0, 1, 900, 5000, 20_000)[number % 5]
            data = random.Random(len(world.outbox.files)).randbytes(size)
            world.outbox.add_file(data, "record" if number % 3 == 0 else "master")
            world.sending.outbox_changed()
        case "cut the link":
            world.up.clear()
            world.down.clear()
            world.sending.link_down()
            world.sending.link_up(world.now_s)
        case "station dies":
            world.start_station()
        case "township dies":
            world.crash_township()
        case "township will die":
            world.doom.steps_left = number % 23
        case "township starts" if world.receiving is None:
            world._or_dies(world.start_township)


OFTEN = ["speak", "carry up", "carry up", "carry down", "wait", "answer"]
RARELY = [
    "repeat up",
    "repeat down",
    "lose up",
    "lose down",
    "capture",
    "cut the link",
    "station dies",
    "township dies",
    "township will die",
    "township starts",
]
ACTS = st.lists(
    st.tuples(st.sampled_from(OFTEN * 2 + RARELY), st.integers(0, 1000)), min_size=20, max_size=150
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(acts=ACTS, seed=st.integers(0, 2**32))
def test_everything_arrives_once_and_every_receipt_is_true(
    acts: list[tuple[str, int]], seed: int
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        world = World(Path(folder), seed)
        for size in (300, 9000):
            world.outbox.add_file(random.Random(size).randbytes(size))

        for act, number in acts:
            _chaos(world, act, number)
        world.calm()

        world.assert_each_once()
        world.crash_township()
