"""The files on their way: which bytes go next, and what the township said of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from sync.outbox import Waiting
from sync.parcel import Parcel, pack, segment
from sync.ranges import Ranges, gaps, length, united
from sync.wire import Address, FileInit, FileState

AT_ONCE = 4
"""Files worked on together, so that asking about the next one costs no round trip."""
IN_VIEW = 100
DAMAGED_AGAIN_S = 3600.0
"""How long a file waits whose copy here is damaged: a person must heal it first."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What to send next of a file: its init, the bytes `[start, end)`, or its fin."""

    act: Literal["init", "segment", "fin"]
    file: Waiting
    start: int = 0
    end: int = 0

    def parcel(self, to: Address, data: bytes, *, lease: int) -> Parcel:
        """The step as a message; `to` names station, receiver and digest, `data` is its bytes."""
        digest, size = self.file.digest, self.file.size_bytes
        match self.act:
            case "init":
                init = FileInit(name=digest, size=size, checksum=digest, kind=self.file.kind)
                return pack(replace(to, kind="init"), init, lease=lease)
            case "segment":
                return segment(to, data, offset=self.start, lease=lease)
            case "fin":
                return Parcel(address=replace(to, kind="fin", size=size), lease=lease)


class OnWire(msgspec.Struct, kw_only=True):
    """How far one file is, in this session. `sent` includes what the township has."""

    file: Waiting
    asked: bool = False
    answered: bool = False
    finished: bool = False
    have: Ranges = ()
    sent: Ranges = ()

    def step(self, chunk_bytes: int) -> Step | None:
        """The next thing to send, or None while an answer is awaited."""
        if not self.asked:
            return Step(act="init", file=self.file)
        if not self.answered:
            return None
        if missing := gaps(self.sent, self.file.size_bytes):
            start, end = missing[0]
            return Step(
                act="segment", file=self.file, start=start, end=min(end, start + chunk_bytes)
            )
        return None if self.finished else Step(act="fin", file=self.file)

    def took(self, step: Step) -> None:
        """`step` was handed to the link."""
        match step.act:
            case "init":
                self.asked = True
            case "segment":
                self.sent = united(self.sent, [(step.start, step.end)])
            case "fin":
                self.finished = True

    def told(self, state: FileState, *, again: bool) -> None:
        """The township's word; with `again` whatever it does not have is sent anew."""
        if state.state == "unknown":
            self.asked = self.answered = self.finished = False
            self.have = self.sent = ()
            return
        self.answered = True
        if again:
            self.have = self.sent = united(state.have)
            self.finished = False
        else:
            self.have = united(self.have, state.have)
            self.sent = united(self.sent, self.have)

    @property
    def unreceipted_bytes(self) -> int:
        """Bytes sent that are not known to be durable."""
        return length(self.sent) - length(self.have)


class FilesOnWire:
    """All files of one session: a few at a time, record documents before masters.

    A file that fails goes to the back for a while, so that it holds up no other.
    """

    def __init__(self) -> None:
        self._order: list[Waiting] = []
        self._on_wire: dict[str, OnWire] = {}
        self._granted: dict[str, FileState] = {}
        self._back_until_s: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._suspects: set[str] = set()

    def begin(self, known: Iterable[FileState]) -> None:
        """A session begins; `known` is what its grant said of files on their way."""
        self._on_wire.clear()
        self._granted = {state.sha256: state for state in known}

    def wait_list(self, waiting: Sequence[Waiting]) -> None:
        """What waits now, in the order in which it should go."""
        self._order = sorted(waiting, key=self._rank)
        still = {file.digest for file in waiting}
        for digest in self._on_wire.keys() - still:
            del self._on_wire[digest]

    def next_step(self, now_s: float, chunk_bytes: int, *, bulk: bool) -> Step | None:
        """What to send next, or None when all is said that can be said now."""
        ready = (file for file in self._order if self._may_go(file, now_s, bulk=bulk))
        for file, _ in zip(ready, range(AT_ONCE), strict=False):
            if step := self._file(file).step(chunk_bytes):
                return step
        return None

    def took(self, step: Step) -> None:
        """`step` was handed to the link."""
        self._file(step.file).took(step)

    def told(self, state: FileState, *, again: bool) -> bool:
        """The township's word of one file; whether it is news."""
        on_wire = self._on_wire.get(state.sha256)
        if on_wire is None:
            return False
        before = (on_wire.answered, on_wire.have)
        on_wire.told(state, again=again)
        return before != (on_wire.answered, on_wire.have)

    def done(self, digest: str) -> None:
        """The file is stored."""
        self._on_wire.pop(digest, None)
        self._back_until_s.pop(digest, None)
        self._failures.pop(digest, None)
        self._suspects.discard(digest)
        self._order = [file for file in self._order if file.digest != digest]

    def put_back(self, digest: str, now_s: float, first_s: float, longest_s: float) -> None:
        """The file failed: others go first, and it comes again after a growing while."""
        self._on_wire.pop(digest, None)
        self._granted.pop(digest, None)
        failures = self._failures[digest] = self._failures.get(digest, 0) + 1
        pause_s = min(longest_s, first_s * 2 ** min(failures, 16))
        self._back_until_s[digest] = now_s + max(first_s, pause_s)

    def rejected(self, digest: str) -> None:
        """The township got bytes that are not what the name says: the line's fault, or ours."""
        self._suspects.add(digest)

    def is_suspect(self, digest: str) -> bool:
        """Whether our own copy must be hashed before it takes up the line again."""
        return digest in self._suspects

    @property
    def in_view(self) -> int:
        """How many waiting files to list, so that those that failed are never all one sees."""
        return IN_VIEW + len(self._failures)

    @property
    def unreceipted_bytes(self) -> int:
        """Bytes of files that are on their way."""
        return sum(file.unreceipted_bytes for file in self._on_wire.values())

    @property
    def awaited(self) -> bool:
        """Whether an answer of the township is outstanding."""
        return any(
            file.unreceipted_bytes or file.finished or (file.asked and not file.answered)
            for file in self._on_wire.values()
        )

    def next_s(self) -> float | None:
        """When the first file that was put back may go again."""
        return min(self._back_until_s.values(), default=None)

    def _rank(self, file: Waiting) -> tuple[bool, bool]:
        return file.kind != "record", file.digest in self._failures

    def _may_go(self, file: Waiting, now_s: float, *, bulk: bool) -> bool:
        if file.kind == "master" and not bulk:
            return False
        return self._back_until_s.get(file.digest, now_s) <= now_s

    def _file(self, file: Waiting) -> OnWire:
        on_wire = self._on_wire.get(file.digest)
        if on_wire is None:
            on_wire = self._on_wire[file.digest] = OnWire(file=file)
            if (state := self._granted.get(file.digest)) and state.state == "receiving":
                on_wire.told(state, again=True)
        return on_wire
