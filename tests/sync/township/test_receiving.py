from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_config.errors import DiskFullError, InputError
from firmware_config.township_schema import Vault
from sync.parcel import Arrival, Parcel, pack
from sync.township import serving
from sync.township.database import Database
from sync.township.search import search
from sync.township.vault_faulty import FaultyVault
from sync.wire import TOPICS, Address, Hello, JournalEntry
from tests.sync.memory import MemoryOutbox
from tests.sync.township.desk import STATION, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def quarantined(home: Path) -> list[str]:
    database = Database(home / "township.db")
    rows = database.read("SELECT reason FROM quarantine")
    database.close()
    return [row["reason"] for row in rows]


def test_a_new_station_stands_at_the_first_chain(desk: Desk) -> None:
    grant = desk.hello()

    assert (grant.durable_seq, grant.chain) == (0, desk.outbox.head().chain)
    assert grant.credit_bytes == 524_288
    assert grant.receiver == "rx01"


def test_a_hello_said_twice_keeps_the_lease_and_a_new_one_raises_it(desk: Desk) -> None:
    first, again, later = desk.hello("one"), desk.hello("one"), desk.hello("two")

    assert first.lease_epoch == again.lease_epoch
    assert later.lease_epoch == first.lease_epoch + 1


def test_entries_in_order_are_durable(desk: Desk) -> None:
    for _ in range(3):
        desk.outbox.add_entry("item.opened", {})
    desk.hello()

    receipt = desk.records(1, 2, 3)

    assert (receipt.durable_seq, receipt.chain) == (3, desk.outbox.head().chain)


def test_entries_that_come_twice_are_one(desk: Desk) -> None:
    desk.outbox.add_entry("item.opened", {})
    desk.hello()
    desk.records(1)

    receipt = desk.records(1)

    assert (receipt.durable_seq, receipt.refused, receipt.again) == (1, "", False)


def test_entries_that_come_early_are_asked_for_again_once(desk: Desk) -> None:
    for _ in range(4):
        desk.outbox.add_entry("item.opened", {})
    desk.hello()

    first, second = desk.records(2), desk.records(3)

    assert (first.durable_seq, first.again) == (0, True)
    assert second.again is False


def test_another_history_is_set_aside_and_refused(desk: Desk) -> None:
    desk.outbox.add_entry("item.opened", {})
    desk.hello()
    desk.records(1)
    other = MemoryOutbox(STATION)
    other.add_entry("item.opened", {"another": "card"})
    desk.outbox = other

    receipt = desk.records(1)

    assert receipt.refused == "fork"
    assert receipt.durable_seq == 1
    assert quarantined(desk.home) == ["fork at epoch e1 seq 1"]


def test_an_entry_that_does_not_follow_the_chain_is_refused(desk: Desk) -> None:
    desk.hello()

    receipt = desk.entries(JournalEntry(seq=1, payload="{}", chain="0" * 64))

    assert (receipt.refused, receipt.durable_seq) == ("broken", 0)


def test_a_strange_payload_on_a_good_chain_is_kept_and_blocks_nobody(desk: Desk) -> None:
    desk.outbox.add_entry("item.sealed", {"sha256": 7})
    desk.outbox.add_entry("item.opened", {})
    desk.hello()

    receipt = desk.records(1, 2)

    assert (receipt.durable_seq, receipt.refused) == (2, "")
    assert len(quarantined(desk.home)) == 1


@pytest.mark.parametrize("change", [{"seq": 0, "chain": "0" * 64}, {"chain": "0" * 64}])
def test_a_station_that_went_back_is_refused_at_hello(
    desk: Desk, change: dict[str, object]
) -> None:
    desk.outbox.add_entry("item.opened", {})
    desk.hello()
    desk.records(1)

    assert desk.hello("two", **change).refused == "fork"


def test_a_new_epoch_begins_at_its_own_first_chain(desk: Desk) -> None:
    desk.outbox.add_entry("item.opened", {})
    desk.hello()
    desk.records(1)
    desk.outbox = MemoryOutbox(STATION, "e2")
    desk.outbox.add_entry("item.opened", {})

    assert desk.hello("two").durable_seq == 0
    assert desk.records(1, epoch="e2").durable_seq == 1


def test_a_station_that_is_not_registered_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path, stations=("another",))

    grant = desk.hello()

    assert grant.refused == "unknown-station"
    desk.receiving.take(
        Parcel(address=Address(kind="fin", station=STATION, receiver="rx01", digest="a" * 64)), 9.0
    )
    assert desk.receiving.settle(99.0) == []
    desk.close()


def test_a_file_in_pieces_out_of_order_is_stored_when_whole(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"0123456789")
    desk.hello()
    desk.init(digest, 10)

    middle = desk.segment(digest, 4, b"456789")
    early_fin = desk.fin(digest, 10)
    desk.segment(digest, 0, b"0123")
    receipt = desk.fin(digest, 10)

    assert middle.files[0].have == ((4, 10),)
    assert (early_fin.files[0].state, early_fin.again) == ("receiving", True)
    assert receipt.files[0].state == "stored"
    with desk.vault.open(digest) as stream:
        assert stream.read() == b"0123456789"
    assert not desk.staging.has(digest)


def test_a_known_file_is_stored_at_once(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"page")
    desk.hello()
    desk.store(digest)

    assert desk.init(digest, 4).files[0].state == "stored"
    assert desk.segment(digest, 0, b"page").files[0].state == "stored"


def test_an_empty_file_is_a_file(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"")
    desk.hello()
    desk.init(digest, 0)

    assert desk.fin(digest, 0).files[0].state == "stored"


def test_a_segment_of_an_unknown_file_asks_for_its_init(desk: Desk) -> None:
    desk.hello()

    receipt = desk.segment("a" * 64, 0, b"page")

    assert (receipt.files[0].state, receipt.again) == ("unknown", True)


def test_a_segment_that_is_not_what_its_check_says_is_dropped(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"page")
    desk.hello()
    desk.init(digest, 4)
    lie = Address(kind="segment", station=STATION, receiver="rx01", digest=digest, check="0" * 16)

    receipt = desk.send(Parcel(address=lie, payload=b"PAGE"))

    assert (receipt.files[0].have, receipt.again) == ((), True)


def test_bytes_beyond_the_end_are_dropped(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"page")
    desk.hello()
    desk.init(digest, 4)

    assert desk.segment(digest, 2, b"gers").files[0].have == ()


def test_a_whole_that_hashes_to_another_name_is_rejected_and_may_come_anew(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"page")
    desk.hello()
    desk.init(digest, 4)
    desk.segment(digest, 0, b"PAGE")

    receipt = desk.fin(digest, 4)

    assert (receipt.files[0].state, receipt.files[0].reason) == ("rejected", "digest")
    assert not desk.vault.has(digest)
    assert desk.store(digest).files[0].state == "stored"


def test_a_grant_says_what_is_there_of_unfinished_files(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"0123456789")
    desk.hello()
    desk.init(digest, 10)
    desk.segment(digest, 0, b"0123")

    grant = desk.hello("two")

    assert [(state.sha256, state.have) for state in grant.files] == [(digest, ((0, 4),))]


def test_receipts_wait_for_company_but_not_long(tmp_path: Path) -> None:
    desk = Desk(tmp_path, receipt_every_s=0.25, receipt_every_bytes=2048)
    digest = hashlib.sha256(bytes(4000)).hexdigest()
    desk.hello()
    desk.init(digest, 4000)
    to = Address(kind="init", station=STATION, receiver="rx01", digest=digest)

    from sync.parcel import segment

    desk.receiving.take(segment(to, bytes(1000), offset=0), 100.0)
    assert desk.receiving.due_s() == 100.25
    assert desk.receiving.settle(100.1) == []
    desk.receiving.take(segment(to, bytes(1100), offset=1000), 100.1)
    assert len(desk.receiving.settle(100.1)) == 1
    desk.close()


def test_a_crash_between_vault_and_ledger_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    digest = desk.outbox.add_file(b"page")
    desk.hello()
    desk.init(digest, 4)
    desk.segment(digest, 0, b"page")
    desk.vault.put(digest, desk.staging.path(digest))
    desk.close()

    again = Desk(tmp_path)

    assert again.ledger.stored(digest)
    assert again.ledger.partial(digest) is None
    again.close()


def killed_between_vault_and_ledger(home: Path, document: bytes) -> str:
    """A record document that is whole in the vault and unknown to the ledger."""
    desk = Desk(home)
    digest = desk.outbox.add_file(document, "record")
    desk.hello()
    desk.records(1)
    desk.init(digest, len(document), kind="record")
    desk.segment(digest, 0, document)
    desk.vault.put(digest, desk.staging.path(digest))
    desk.close()
    return digest


def test_a_document_stored_by_recovery_can_be_searched(tmp_path: Path) -> None:
    document = '{"pages": [{"number": 1, "text": {"lines": [{"text": "土地承包"}]}}]}'.encode()
    killed_between_vault_and_ledger(tmp_path, document)

    Desk(tmp_path).close()

    database = Database(tmp_path / "township.db")
    hits = search(database, "承包")
    database.close()
    assert [hit.page for hit in hits] == [1]


def test_an_unreadable_document_stored_by_recovery_is_set_aside_once(tmp_path: Path) -> None:
    killed_between_vault_and_ledger(tmp_path, b"not json")

    Desk(tmp_path).close()
    Desk(tmp_path).close()

    assert len(quarantined(tmp_path)) == 1


def test_a_document_lost_from_the_vault_keeps_no_receiver_from_starting(tmp_path: Path) -> None:
    digest = killed_between_vault_and_ledger(tmp_path, b'{"pages": []}')
    Desk(tmp_path).close()
    (tmp_path / "vault" / digest[:2] / digest).unlink()

    again = Desk(tmp_path)

    assert again.hello("two").durable_seq == 1
    again.close()


def test_a_staging_area_that_was_lost_claims_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hello()
    desk.init("a" * 64, 9)
    desk.segment("a" * 64, 0, b"page")
    desk.staging.discard("a" * 64)
    desk.close()

    again = Desk(tmp_path)

    assert again.hello().files[0].have == ()
    again.close()


def test_a_full_vault_is_an_error_and_nothing_is_receipted(tmp_path: Path) -> None:
    desk = Desk(tmp_path, FaultyVault(Vault(fault="full:0"), tmp_path))
    digest = desk.outbox.add_file(b"page")
    desk.hello()
    desk.init(digest, 4)
    desk.segment(digest, 0, b"page")

    with pytest.raises(DiskFullError) as caught:
        desk.fin(digest, 4)

    assert "磁盘已满" in caught.value.hint
    desk.close()
    again = Desk(tmp_path)
    assert not again.ledger.stored(digest)
    assert again.hello().files[0].have == ((0, 4),)
    again.close()


def test_a_document_that_is_no_record_is_stored_and_set_aside(desk: Desk) -> None:
    digest = desk.outbox.add_file(b"not json", "record")
    desk.hello()
    desk.records(1)

    assert desk.store(digest).files[0].state == "stored"
    assert any("record document" in reason for reason in quarantined(desk.home))


def test_messages_for_nobody_are_an_input_error(desk: Desk) -> None:
    desk.hello()

    with pytest.raises(InputError):
        desk.receiving.take(Parcel(address=Address(kind="grant", station=STATION)), 0.0)


TOPIC_TEXTS = st.text(max_size=40) | st.sampled_from(
    [
        Address(kind=kind, station=STATION, receiver="rx01", digest="ab" * 32, check="0" * 16).topic
        for kind in TOPICS
    ]
)
HELLO = pack(
    Address(kind="hello", station=STATION),
    Hello(session="one", epoch="e1", seq=0, chain="0" * 64),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(TOPIC_TEXTS, st.binary(max_size=60), st.sampled_from(["", "zlib", "x"]))))
def test_a_receiver_survives_any_message(
    desk: Desk, messages: list[tuple[str, bytes, str]]
) -> None:
    desk.receiving.take(HELLO, desk.now_s)

    for topic, payload, enc in messages:
        arrival = Arrival(topic=topic, payload=payload, enc=enc, lease=0, mid=1)
        serving.take(desk.receiving, arrival, desk.now_s)

    desk.now_s += 1.0
    desk.receiving.settle(desk.now_s)
    assert desk.hello().refused == ""
