"""The station's end of the protocol: hello, grant, then records and files within the credit.

No network, no clock and no chance of its own: `now_s` (monotonic) and a random generator are
arguments, what happened is told by calls, and what to send is what `next_parcel` returns.
Nothing here need survive a crash: the outbox and the township's grant are enough to go on.
"""

from __future__ import annotations

import math
import random
from typing import Literal

import msgspec

from firmware_config.errors import DamageError, LinkError, OurError, StorageError
from firmware_config.schema import Sync
from sync.outbox import Outbox
from sync.pace import Pace, Pause
from sync.parcel import HEADER_BYTES, Parcel, pack
from sync.refusals import refusal
from sync.sending_files import DAMAGED_AGAIN_S, FilesOnWire, Step
from sync.sending_journal import JournalOnWire, packed
from sync.wire import (
    NOT_AUTHORISED,
    QUOTA_EXCEEDED,
    Address,
    FileState,
    Grant,
    Hello,
    Receipt,
    State,
)

NO_LIMIT_BYTES = 1 << 28


class Sending:
    """One station's session, from one hello to the next.

    `refusal` is why nothing can be sent, until a grant takes it back; `troubles` are files that
    could not be sent, by digest: they are tried again, after the others. `silences` counts how
    often in a row the township said nothing for `no_progress_s`.
    """

    def __init__(self, station: str, outbox: Outbox, settings: Sync, chance: random.Random) -> None:
        self._station = station
        self._outbox = outbox
        self._settings = settings
        self._chance = chance
        self._journal = JournalOnWire(station, outbox)
        self._files = FilesOnWire()
        self._files_changed = True
        self._pace = Pace(settings.chunk_bytes, settings.keepalive_s)
        self._pause = Pause(settings.retry_first_s, settings.retry_longest_s, chance)
        self._phase: Literal["down", "asking", "granted"] = "down"
        self._limit_bytes = NO_LIMIT_BYTES
        self._session = ""
        self._grant: Grant | None = None
        self._credit_bytes = 0
        self._hello_due_s = 0.0
        self._progress_s: float | None = None
        self._ask_again_s = math.inf
        self.silences = 0
        self.refusal: OurError | None = None
        self.troubles: dict[str, OurError] = {}

    def link_up(self, now_s: float, limit_bytes: int = NO_LIMIT_BYTES) -> None:
        """A connection stands; no message on it may be larger than `limit_bytes`."""
        self._limit_bytes = limit_bytes
        self._pause.begin()
        self._ask(now_s, 0.0)

    def link_down(self) -> None:
        """The connection is gone, and perhaps what was on its way."""
        if self._unreceipted_bytes:
            self._pace.fell()
        self._phase = "down"

    def outbox_changed(self) -> None:
        """Someone has put something into the outbox."""
        self._journal.may_have_more = True
        self._files_changed = True

    def granted(self, grant: Grant, now_s: float) -> None:
        """The township's answer to hello."""
        if self._phase != "asking" or grant.session != self._session:
            return
        if grant.refused:
            self._refuse(now_s, grant.refused)
        elif self._journal.chain_at(grant.durable_seq) != grant.chain:
            self._refuse(now_s, "fork")
        else:
            self._begin(grant, now_s)

    def receipted(self, receipt: Receipt, now_s: float) -> None:
        """The township's word that something is durable. One of an earlier session is ignored."""
        grant = self._grant
        if self._phase != "granted" or grant is None or receipt.session != self._session:
            return
        if receipt.server_gen != grant.server_gen:
            self._ask(now_s, 0.0)
            return
        before = self._unreceipted_bytes
        news = self._journal_told(receipt)
        for state in receipt.files:
            news |= self._file_told(state, receipt, now_s)
        self._credit_bytes = receipt.credit_bytes
        if news:
            elapsed_s = now_s - (self._progress_s if self._progress_s is not None else now_s)
            self._pace.receipted(before - self._unreceipted_bytes, elapsed_s)
            self._progress_s = now_s
            self.silences = 0
        if receipt.refused or self._journal.chain_at(receipt.durable_seq) != receipt.chain:
            self._refuse(now_s, receipt.refused or "fork")

    def receiver_is(self, receiver: str, state: State, now_s: float) -> None:
        """A receiver came or went: no need to wait for silence to tell."""
        soon_s = self._chance.uniform(0.0, self._settings.retry_first_s)
        if self._phase == "asking" and state.state == "online":
            self._hello_due_s = min(self._hello_due_s, now_s + soon_s)
        if self._phase != "granted" or self._grant is None or receiver != self._grant.receiver:
            return
        if (state.session == self._grant.receiver_session) == (state.state == "offline"):
            self._ask(now_s, soon_s)

    def undelivered(self, reason: int, now_s: float) -> None:
        """The broker answered a message with a reason that is not success."""
        if reason == NOT_AUTHORISED:
            self._refuse(now_s, "not-authorised")
        elif self._phase == "granted":
            if reason == QUOTA_EXCEEDED:
                self._credit_bytes //= 2
            else:
                self._ask(now_s, self._pause.next_s())

    def next_parcel(self, now_s: float) -> Parcel | None:
        """The next message to send, or None when all is said that can be said now.

        Raises LinkError when an entry is larger than the broker takes.
        """
        if self._phase == "granted" and (self._is_stuck(now_s) or now_s >= self._ask_again_s):
            self._ask(now_s, 0.0)
        if self._phase == "asking" and now_s >= self._hello_due_s:
            return self._hello(now_s)
        if self._phase != "granted":
            return None
        parcel = self._next_records() or self._next_of_a_file(now_s)
        if parcel is not None and self._progress_s is None:
            self._progress_s = now_s
        return parcel

    def next_s(self, now_s: float) -> float:
        """When `next_parcel` should be asked again though nothing happens; may be infinite."""
        if self._phase == "asking":
            return self._hello_due_s
        times = [self._files.next_s(), self._ask_again_s]
        if self._phase == "granted" and self._progress_s is not None:
            times.append(self._progress_s + self._settings.no_progress_s)
        return min((time for time in times if time is not None and time > now_s), default=math.inf)

    @property
    def is_granted(self) -> bool:
        """Whether a township listens."""
        return self._phase == "granted"

    def _hello(self, now_s: float) -> Parcel:
        head, (server_gen, _) = self._outbox.head(), self._outbox.accepted()
        own = {"session": self._session, "server_gen": server_gen}
        hello = Hello(epoch=head.epoch, seq=head.seq, chain=head.chain, **own)
        self._hello_due_s = now_s + self._pause.next_s()
        parcel = pack(Address(kind="hello", station=self._station), hello)
        answer = Address(kind="grant", station=self._station).topic
        return msgspec.structs.replace(
            parcel, response_topic=answer, correlation=self._session.encode()
        )

    def _next_records(self) -> Parcel | None:
        grant = self._grant
        room = self._credit_bytes - self._unreceipted_bytes
        if grant is None or (room <= 0 < self._unreceipted_bytes):
            return None
        entries = self._journal.next_entries(min(self._pace.chunk_bytes, max(room, 1)))
        if not entries:
            return None
        parcel, sent = packed(
            Address(kind="records", station=self._station, receiver=grant.receiver),
            grant.epoch,
            entries,
            lease=grant.lease_epoch,
            limit_bytes=self._limit_bytes,
        )
        self._journal.took(sent, len(parcel.payload))
        return parcel

    def _next_of_a_file(self, now_s: float) -> Parcel | None:
        if self._files_changed:
            self._files.wait_list(self._outbox.files_waiting(self._files.in_view))
            self._files_changed = False
        grant = self._grant
        chunk_bytes = min(self._pace.chunk_bytes, self._limit_bytes - HEADER_BYTES)
        while grant and (step := self._files.next_step(now_s, chunk_bytes, bulk=grant.bulk)):
            under_way = self._unreceipted_bytes
            if under_way and under_way + step.end - step.start > self._credit_bytes:
                return None
            try:
                parcel = self._file_parcel(step, grant)
            except StorageError as error:
                self._put_back(step.file.digest, error, now_s)
                continue
            self._files.took(step)
            return parcel
        return None

    def _file_parcel(self, step: Step, grant: Grant) -> Parcel:
        digest, receiver, data = step.file.digest, grant.receiver, b""
        to = Address(kind="init", station=self._station, receiver=receiver, digest=digest)
        if step.act == "init" and self._files.is_suspect(digest):
            self._outbox.check(digest)
        elif step.act == "segment":
            data = self._outbox.read(digest, step.start, step.end)
        return step.parcel(to, data, lease=grant.lease_epoch)

    def _ask(self, now_s: float, delay_s: float) -> None:
        self._phase = "asking"
        self._session = f"{self._chance.getrandbits(128):032x}"
        self._hello_due_s = now_s + delay_s
        self._progress_s = None

    def _begin(self, grant: Grant, now_s: float) -> None:
        server_gen, accepted_seq = self._outbox.accepted()
        forgot = server_gen not in ("", grant.server_gen) or grant.durable_seq < accepted_seq
        if forgot:
            self._outbox.rewind(server_gen=grant.server_gen, durable_seq=grant.durable_seq)
        elif grant.durable_seq > accepted_seq or not server_gen:
            self._accept_entries(grant)
        self._phase = "granted"
        self._grant = grant
        self._credit_bytes = grant.credit_bytes
        self._ask_again_s = math.inf if grant.bulk else now_s + max(1.0, grant.retry_after_s)
        self._pause.begin()
        self._journal.begin(grant.durable_seq)
        self._files.begin(grant.files)
        self._files_changed = True
        self._progress_s = None
        self.refusal = None

    def _refuse(self, now_s: float, reason: str) -> None:
        self.refusal = refusal(reason)
        self._ask(now_s, self._settings.retry_longest_s)

    def _is_stuck(self, now_s: float) -> bool:
        if self._progress_s is None:
            return False
        if not (self._unreceipted_bytes or self._files.awaited):
            self._progress_s = None
            return False
        stuck = now_s - self._progress_s >= self._settings.no_progress_s
        self.silences += stuck
        return stuck

    def _journal_told(self, receipt: Receipt) -> bool:
        if self._journal.chain_at(receipt.durable_seq) != receipt.chain:
            return False
        news = receipt.durable_seq > self._outbox.accepted()[1]
        if news:
            self._accept_entries(receipt)
        self._journal.told(receipt.durable_seq, again=receipt.again)
        return news

    def _file_told(self, state: FileState, receipt: Receipt, now_s: float) -> bool:
        if state.state == "stored":
            self._outbox.accept_file(state.sha256, server_gen=receipt.server_gen)
            self._files.done(state.sha256)
            self.troubles.pop(state.sha256, None)
            self._files_changed = True
            return True
        if state.state == "rejected":
            error = LinkError(f"the township rejected {state.sha256}: {state.reason}")
            self._files.rejected(state.sha256)
            self._put_back(state.sha256, error, now_s)
            return True
        return self._files.told(state, again=receipt.again)

    def _put_back(self, digest: str, error: OurError, now_s: float) -> None:
        self.troubles[digest] = error
        self._files_changed = True
        settings = self._settings
        first_s = DAMAGED_AGAIN_S if isinstance(error, DamageError) else settings.retry_first_s
        self._files.put_back(digest, now_s, first_s, settings.retry_longest_s)

    def _accept_entries(self, word: Grant | Receipt) -> None:
        seq, server_gen = word.durable_seq, word.server_gen
        self._outbox.accept_entries(durable_seq=seq, chain=word.chain, server_gen=server_gen)

    @property
    def _unreceipted_bytes(self) -> int:
        return self._journal.unreceipted_bytes + self._files.unreceipted_bytes
