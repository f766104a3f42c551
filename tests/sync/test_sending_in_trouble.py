"""The station's end when files are in trouble: rejected, unreadable, damaged."""

from __future__ import annotations

from firmware_config.errors import DamageError
from sync.parcel import Parcel
from sync.wire import (
    FileState,
)
from tests.sync.desk import Desk, kinds, receiving


def test_a_rejected_file_lets_the_others_pass_and_comes_again_later() -> None:
    desk = Desk()
    bad, good = desk.outbox.add_file(b"bad"), desk.outbox.add_file(b"good")
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.receipt(files=(FileState(sha256=bad, state="rejected", reason="digest"), *receiving(good)))

    assert {p.address.digest for p in desk.spoken()} == {good}
    assert bad in desk.sending.troubles
    desk.receipt(files=(FileState(sha256=good, state="stored"),))
    later_s = desk.sending.next_s(0.0)
    assert 0.0 < later_s <= 4.0
    assert [(p.address.kind, p.address.digest) for p in desk.spoken(later_s)] == [("init", bad)]


def test_a_blob_that_cannot_be_read_holds_up_no_other() -> None:
    desk = Desk()
    gone, good = desk.outbox.add_file(b"gone"), desk.outbox.add_file(b"good")
    desk.outbox.unreadable.add(gone)
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.receipt(files=(*receiving(gone), *receiving(good)))

    assert [(p.address.kind, p.address.digest) for p in desk.spoken()] == [
        ("segment", good),
        ("fin", good),
    ]
    assert gone in desk.sending.troubles


def answers(parcel: Parcel) -> tuple[FileState, ...]:
    """What a township with nothing yet says to a file's message."""
    digest = parcel.address.digest
    match parcel.address.kind:
        case "init":
            return receiving(digest)
        case "fin":
            return (FileState(sha256=digest, state="stored"),)
    return ()


def test_a_hundred_files_in_trouble_hold_up_no_other() -> None:
    desk = Desk()
    gone = [desk.outbox.add_file(b"gone %d" % number) for number in range(100)]
    sound = [desk.outbox.add_file(b"sound %d" % number) for number in range(30)]
    desk.outbox.unreadable.update(gone)
    desk.connect()
    desk.grant()

    for _ in range(200):
        words = [answer for parcel in desk.spoken() for answer in answers(parcel)]
        desk.receipt(files=tuple(words))

    assert desk.outbox.accepted_files == set(sound)
    assert set(desk.sending.troubles) == set(gone)


def rejected(digest: str) -> tuple[FileState, ...]:
    return (FileState(sha256=digest, state="rejected", reason="digest"),)


def test_a_rejected_file_whose_own_copy_is_damaged_is_told_and_not_sent_again() -> None:
    desk = Desk()
    bad = desk.outbox.add_file(b"bad")
    desk.outbox.files[bad] = b"BAD"
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.receipt(files=rejected(bad))

    later_s = desk.sending.next_s(0.0)
    assert desk.spoken(later_s) == []
    assert isinstance(desk.sending.troubles[bad], DamageError)
    assert desk.spoken(3000.0) == []
    desk.outbox.files[bad] = b"bad"
    assert kinds(desk.spoken(later_s + 3601.0)) == ["init"]
