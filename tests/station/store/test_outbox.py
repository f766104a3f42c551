import pytest

from firmware_config.errors import DamageError
from station.store import Store, frames, outbox, records
from station.store.status import status
from tests.station.store.samples import an_item, exposure, read

NOTHING = "0" * 64


def a_sealed_item(store: Store, *contents: str) -> records.Record:
    item = an_item(store).id
    for content in contents:
        frames.keep(store, item, exposure(content))
    frames.close_item(store, item)
    read(store)
    return records.seal(store, item, title="题名")


def accept_all(store: Store, *, server_gen: str = "g1") -> None:
    head = outbox.head(store)
    outbox.accept_entries(store, durable_seq=head.seq, chain=head.chain, server_gen=server_gen)
    for waiting in outbox.files_waiting(store):
        outbox.accept_file(store, waiting.digest, server_gen=server_gen)


def test_records_go_before_masters_and_page_images_stay_at_home(store: Store) -> None:
    first = a_sealed_item(store, "one", "two")
    second = a_sealed_item(store, "three")

    waiting = outbox.files_waiting(store)

    assert [file.kind for file in waiting] == ["record", "record", "master", "master", "master"]
    assert [file.digest for file in waiting[:2]] == [first.digest, second.digest]
    assert [store.spool.read(file.digest) for file in waiting[2:]] == [b"one", b"two", b"three"]
    assert all(file.size_bytes == store.spool.size(file.digest) for file in waiting)
    assert outbox.files_waiting(store, 2) == waiting[:2]


def test_entries_come_in_order_and_in_pieces(store: Store) -> None:
    a_sealed_item(store, "one", "two")
    head = outbox.head(store)

    pieces = [outbox.entries_after(store, seq, 2) for seq in range(0, head.seq, 2)]

    assert [entry.seq for piece in pieces for entry in piece] == list(range(1, head.seq + 1))
    assert pieces[-1][-1].chain == head.chain
    assert outbox.entries_after(store, head.seq) == []


def test_the_outbox_is_empty_when_all_is_receipted(store: Store) -> None:
    assert outbox.empty(store)
    a_sealed_item(store, "one", "two")
    assert not outbox.empty(store)

    accept_all(store)

    assert outbox.empty(store)
    assert status(store).frames_receipted == 2


def test_a_receipt_covers_all_before_it_and_may_come_late_or_twice(store: Store) -> None:
    a_sealed_item(store, "one", "two")
    entries = outbox.entries_after(store, 0)

    for entry in (entries[3], entries[1], entries[3]):
        outbox.accept_entries(store, durable_seq=entry.seq, chain=entry.chain, server_gen="g1")

    assert status(store).outbox_entries == len(entries) - 4
    assert store.value("select count(*) from receipt_entries") == 1


def test_a_file_is_receipted_once_and_an_unknown_one_not_at_all(store: Store) -> None:
    record = a_sealed_item(store, "one")

    for digest in (record.digest, record.digest, NOTHING):
        outbox.accept_file(store, digest)

    assert store.rows("select digest from receipt_file") == [(record.digest,)]


def test_the_same_picture_again_needs_no_second_receipt(store: Store) -> None:
    a_sealed_item(store, "white")
    accept_all(store)

    frames.keep(store, an_item(store).id, exposure("white"))

    assert outbox.files_waiting(store) == []
    assert status(store).frames_receipted == 2


@pytest.mark.parametrize("durable_seq", [0, 2, 999])
def test_a_receipt_for_another_journal_is_damage(store: Store, durable_seq: int) -> None:
    a_sealed_item(store, "one")

    with pytest.raises(DamageError) as raised:
        outbox.accept_entries(store, durable_seq=durable_seq, chain=NOTHING, server_gen="g1")

    assert raised.value.hint
    assert status(store).outbox_entries == outbox.head(store).seq


def test_a_township_that_has_nothing_yet_may_say_so(store: Store) -> None:
    empty = outbox.head(store)
    a_sealed_item(store, "one")

    outbox.accept_entries(store, durable_seq=0, chain=empty.chain, server_gen="g1")

    assert outbox.server_generation(store) == "g1"
    assert not outbox.empty(store)


def test_a_receipt_of_another_generation_does_not_hide_that_a_rewind_is_due(store: Store) -> None:
    a_sealed_item(store, "one")
    accept_all(store, server_gen="g1")
    head = outbox.head(store)

    outbox.accept_entries(store, durable_seq=head.seq, chain=head.chain, server_gen="g2")

    assert outbox.server_generation(store) == "g1"


def test_what_a_restored_township_forgot_goes_back_into_the_outbox(store: Store) -> None:
    record = a_sealed_item(store, "one", "two")
    accept_all(store)
    master = store.value("select digest from frame where shot = 2")

    outbox.rewind(store, server_gen="g2", durable_seq=3, lacking=[master, NOTHING])

    assert store.rows("select seq from outbox_entry") == [
        (seq,) for seq in range(4, outbox.head(store).seq + 1)
    ]
    assert [file.digest for file in outbox.files_waiting(store)] == [master]
    assert outbox.server_generation(store) == "g2"
    assert status(store).frames_receipted == 1

    accept_all(store, server_gen="g2")

    assert outbox.empty(store)
    assert record.digest not in {file.digest for file in outbox.files_waiting(store)}


def test_a_rewind_without_a_list_sends_every_file_again(store: Store) -> None:
    a_sealed_item(store, "one", "two")
    everything = {file.digest for file in outbox.files_waiting(store)}
    accept_all(store)

    outbox.rewind(store, server_gen="g2", durable_seq=0)

    assert {file.digest for file in outbox.files_waiting(store)} == everything
    assert status(store).outbox_entries == outbox.head(store).seq


def test_a_rewind_twice_is_as_a_rewind_once(store: Store) -> None:
    a_sealed_item(store, "one")
    accept_all(store)

    for _ in range(2):
        outbox.rewind(store, server_gen="g2", durable_seq=0)
    counts = status(store)

    assert (counts.outbox_entries, counts.outbox_files) == (outbox.head(store).seq, 2)
    assert (counts.frames_receipted, counts.outbox_bytes) == (
        *(0, sum(file.size_bytes for file in outbox.files_waiting(store))),
    )
