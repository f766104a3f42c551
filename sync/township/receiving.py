"""The township's end of the protocol: what comes in, when it is durable, what is said of it.

No network and no clock here: messages and `now_s` (monotonic) are arguments, and what is to be
sent is what `settle` returns. A message may be acknowledged to the broker after the `settle`
that follows it.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from firmware_config.errors import InputError
from firmware_config.township_schema import Township
from sync.parcel import Parcel, pack, unpack
from sync.township import entries, search
from sync.township.filing import Filing, Staging
from sync.township.ledger import Lease, Ledger
from sync.township.vault import Vault
from sync.wire import Address, Grant, Hello, Receipt, Records

GRANT_EXPIRY_S = 60
DOCUMENT_BYTES_MAXIMUM = 64 << 20
"""A record document is text; what is longer is cut here, and so set aside as unreadable."""


class Owed(msgspec.Struct, kw_only=True):
    """What a station has not been told yet."""

    since_s: float
    unreceipted_bytes: int = 0
    at_once: bool = False
    again: bool = False
    refused: str = ""
    files: dict[str, None] = {}
    hello: Hello | None = None


class Receiving:
    """One receiver. `now` gives the wall time as text; `session` names its present connection.

    Methods raise StorageError, after which nothing uncommitted may be believed: end, and start
    again from what is on the disk.
    """

    def __init__(
        self,
        settings: Township,
        ledger: Ledger,
        staging: Staging,
        vault: Vault,
        *,
        session: str = "",
        now: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._vault = vault
        self.session = session
        self._now = now
        self._filing = Filing(ledger, staging, vault, now)
        self._owed: dict[str, Owed] = {}
        self._told_again: dict[str, int] = {}
        self._index_what_is_left()

    def take(self, parcel: Parcel, now_s: float) -> None:
        """One message. Raises InputError when it makes no sense: give it to `quarantine`."""
        station = parcel.address.station
        if parcel.address.kind == "hello":
            self._greet(parcel, now_s)
            return
        lease = self._ledger.lease(station)
        if lease is None or lease.receiver != self._settings.receiver or not self._admits(station):
            return
        owed = self._owe(station, now_s)
        owed.unreceipted_bytes += len(parcel.payload)
        match parcel.address.kind:
            case "records":
                self._take_records(parcel, owed)
            case "init" | "segment" | "fin":
                self._take_file(parcel, owed)
            case kind:
                raise InputError(f"{kind} is not for a receiver")

    def quarantine(self, topic: str, data: bytes, reason: str) -> None:
        """Keep a message that makes no sense, for a person to look at."""
        station = topic.split("/")[2][:32] if topic.count("/") > 1 else ""
        self._ledger.quarantine(station, topic[:300], reason, data, at=self._now())

    def due_s(self) -> float | None:
        """When `settle` must be called at the latest; None when nothing is owed."""
        if not self._owed:
            return None
        return min(self._due_s(owed) for owed in self._owed.values())

    def settle(self, now_s: float) -> list[Parcel]:
        """Make all durable, then the grants and receipts that are due. First disk, then word."""
        self._filing.sync()
        greeted = [(station, owed.hello) for station, owed in self._owed.items() if owed.hello]
        for station, hello in greeted:
            self._ledger.give_lease(
                station,
                receiver=self._settings.receiver,
                session=hello.session,
                epoch=hello.epoch,
            )
        self._ledger.commit()
        due = [station for station, owed in self._owed.items() if self._due_s(owed) <= now_s]
        return [self._word(station, self._owed.pop(station)) for station in due]

    def _greet(self, parcel: Parcel, now_s: float) -> None:
        hello = unpack(parcel.payload, parcel.enc, Hello)
        owed = self._owe(parcel.address.station, now_s)
        owed.hello, owed.at_once = hello, True
        self._told_again.pop(parcel.address.station, None)

    def _take_records(self, parcel: Parcel, owed: Owed) -> None:
        station = parcel.address.station
        records = unpack(parcel.payload, parcel.enc, Records)
        applied = entries.apply(
            self._ledger, station, parcel.address.topic, records, at=self._now()
        )
        owed.refused = owed.refused or applied.refused
        for document in applied.documents:
            self._index(document)
        if applied.again:
            self._ask_again(station, owed)
        owed.at_once |= bool(applied.refused)

    def _take_file(self, parcel: Parcel, owed: Owed) -> None:
        owed.files[parcel.address.digest] = None
        match parcel.address.kind:
            case "init":
                self._filing.begin(parcel)
                owed.at_once = True
            case "segment" if not self._filing.add(parcel):
                self._ask_again(parcel.address.station, owed)
            case "fin":
                if self._filing.finish(parcel):
                    self._index(parcel.address.digest)
                else:
                    owed.again = True
                owed.at_once = True

    def _ask_again(self, station: str, owed: Owed) -> None:
        """Once for each standing: every early message would else cause all to be sent again."""
        durable = self._durable(station)
        if self._told_again.get(station) != durable:
            self._told_again[station] = durable
            owed.again = owed.at_once = True

    def _durable(self, station: str) -> int:
        lease = self._ledger.lease(station)
        return self._ledger.standing(station, lease.epoch).durable_seq if lease else 0

    def _index_what_is_left(self) -> None:
        """Documents whose storing was completed by recovery never came by `_take_file`."""
        for digest in self._ledger.unindexed():
            # One that is missing is for `verify` to tell; it must not keep others from coming.
            if self._vault.has(digest):
                self._index(digest)
        self._ledger.commit()

    def _index(self, digest: str) -> None:
        if not (self._ledger.stored(digest) and self._ledger.is_record(digest)):
            return
        with self._vault.open(digest) as stream:
            document = stream.read(DOCUMENT_BYTES_MAXIMUM)
        try:
            search.index(self._ledger, digest, document)
        except InputError as error:
            self.quarantine(f"record/{digest}", document, error.message)

    def _admits(self, station: str) -> bool:
        return not self._settings.stations or station in self._settings.stations

    def _owe(self, station: str, now_s: float) -> Owed:
        return self._owed.setdefault(station, Owed(since_s=now_s))

    def _due_s(self, owed: Owed) -> float:
        if owed.at_once or owed.unreceipted_bytes >= self._settings.receipt_every_bytes:
            return owed.since_s
        return owed.since_s + self._settings.receipt_every_s

    def _word(self, station: str, owed: Owed) -> Parcel:
        lease = self._ledger.lease(station)
        if lease is None:
            raise InputError(f"{station} was never greeted")
        if owed.hello:
            return self._grant(station, lease, owed.hello)
        return self._receipt(station, lease, owed)

    def _grant(self, station: str, lease: Lease, hello: Hello) -> Parcel:
        standing = self._ledger.standing(station, hello.epoch)
        grant = Grant(
            session=hello.session,
            receiver=self._settings.receiver,
            receiver_session=self.session,
            lease_epoch=lease.lease_epoch,
            server_time=self._now(),
            server_gen=self._ledger.server_gen,
            epoch=hello.epoch,
            durable_seq=standing.durable_seq,
            chain=standing.chain,
            credit_bytes=self._settings.credit_bytes,
            files=self._filing.states_of(station),
            refused=self._refusal(station, hello),
        )
        parcel = pack(Address(kind="grant", station=station), grant, lease=lease.lease_epoch)
        return msgspec.structs.replace(
            parcel, correlation=hello.session.encode(), expiry_s=GRANT_EXPIRY_S
        )

    def _refusal(self, station: str, hello: Hello) -> str:
        if not self._admits(station):
            return "unknown-station"
        standing = self._ledger.standing(station, hello.epoch)
        if hello.seq < standing.durable_seq:
            return "fork"
        same = hello.seq > standing.durable_seq or hello.chain == standing.chain
        return "" if same else "fork"

    def _receipt(self, station: str, lease: Lease, owed: Owed) -> Parcel:
        standing = self._ledger.standing(station, lease.epoch)
        receipt = Receipt(
            session=lease.session,
            lease_epoch=lease.lease_epoch,
            server_gen=self._ledger.server_gen,
            epoch=lease.epoch,
            durable_seq=standing.durable_seq,
            chain=standing.chain,
            credit_bytes=self._settings.credit_bytes,
            t=self._now(),
            files=tuple(self._filing.state(digest) for digest in owed.files),
            again=owed.again,
            refused=owed.refused,
        )
        return pack(Address(kind="receipt", station=station), receipt, lease=lease.lease_epoch)
