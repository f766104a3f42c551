"""The station's end, alone: a township of the test's own making answers."""

from __future__ import annotations

import itertools
import random

import pytest

from firmware_config.errors import LinkError
from sync.parcel import pack, unpack
from sync.wire import (
    NO_RECEIVER,
    NOT_AUTHORISED,
    Address,
    FileState,
    Hello,
    Records,
    State,
)
from tests.sync.desk import Desk, kinds, receiving


def test_hello_names_the_head_and_where_to_answer() -> None:
    desk = Desk()
    desk.outbox.add_file(b"page")
    desk.sending.link_up(0.0)

    parcel = desk.sending.next_parcel(0.0)

    assert parcel is not None
    assert parcel.response_topic == "vs/1/s1/down/grant"
    hello = unpack(parcel.payload, parcel.enc, Hello)
    assert (hello.seq, hello.chain) == (1, desk.chain_at(1))


def test_nothing_is_sent_before_the_grant() -> None:
    desk = Desk()
    desk.outbox.add_file(b"page")
    desk.connect()

    assert desk.spoken() == []


def test_hello_is_repeated_with_growing_pauses() -> None:
    desk = Desk()
    desk.connect()
    times = []

    now_s = 0.0
    for _ in range(8):
        now_s = desk.sending.next_s(now_s)
        times.append(now_s)
        desk.hello(now_s)

    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(1.0 <= pause <= 9.0 for pause in pauses)
    assert max(pauses) > 2.0


def test_records_go_before_documents_and_documents_before_masters() -> None:
    desk = Desk()
    master = desk.outbox.add_file(b"m" * 10)
    document = desk.outbox.add_file(b"{}", "record")
    desk.connect()
    desk.grant()

    first = desk.spoken()
    desk.receipt(files=(*receiving(document), *receiving(master)))
    second = desk.spoken()

    assert kinds(first) == ["records", "init", "init"]
    assert [p.address.digest for p in first[1:]] == [document, master]
    assert [(p.address.kind, p.address.digest) for p in second] == [
        ("segment", document),
        ("fin", document),
        ("segment", master),
        ("fin", master),
    ]


def test_never_more_on_the_way_than_the_credit() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(bytes(1_000_000))
    desk.connect()
    desk.grant()
    desk.spoken()
    desk.receipt(files=receiving(digest))

    parcels = desk.spoken()

    assert kinds(parcels) == ["segment"] * 3
    assert sum(len(parcel.payload) for parcel in parcels) <= 200_000


def test_a_receipt_lets_as_much_follow_as_it_names() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(bytes(1_000_000))
    desk.connect()
    desk.grant()
    desk.spoken()
    desk.receipt(files=receiving(digest))
    desk.spoken()

    desk.receipt(files=receiving(digest, (0, 131_072)))

    assert [parcel.address.offset for parcel in desk.spoken()] == [196_608, 262_144]


def test_a_file_goes_on_in_the_middle_after_a_new_grant() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(bytes(100_000))
    desk.connect()
    desk.grant(files=receiving(digest, (0, 40_000), (60_000, 100_000)))

    parcels = desk.spoken()

    assert kinds(parcels) == ["records", "init", "segment", "fin"]
    assert (parcels[2].address.offset, len(parcels[2].payload)) == (40_000, 20_000)


def test_stored_takes_the_file_out_of_the_outbox() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(b"page")
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.receipt(files=(FileState(sha256=digest, state="stored"),))

    assert desk.outbox.empty()


def test_a_receipt_of_an_earlier_session_is_not_believed() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(b"page")
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.receipt(session="old", files=(FileState(sha256=digest, state="stored"),))

    assert not desk.outbox.accepted_files
    assert desk.outbox.seq == 0


def test_a_receipt_with_another_chain_stops_the_station_with_a_hint() -> None:
    desk = Desk()
    desk.outbox.add_file(b"page")
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.receipt(chain="f" * 64)

    assert desk.outbox.seq == 0
    assert isinstance(desk.sending.refusal, LinkError)
    assert "技术员" in desk.sending.refusal.hint
    assert desk.spoken() == []


def test_a_township_ahead_of_us_is_a_fork() -> None:
    desk = Desk()
    desk.connect()

    desk.grant(durable_seq=9, chain="f" * 64)

    assert desk.sending.refusal is not None


def test_a_township_that_went_back_gets_it_all_again() -> None:
    desk = Desk()
    for number in range(3):
        digest = desk.outbox.add_file(bytes([number]))
        desk.outbox.accept_file(digest, server_gen="g1")
    desk.outbox.accept_entries(durable_seq=3, chain=desk.chain_at(3), server_gen="g1")
    assert desk.outbox.empty()
    desk.connect()

    desk.grant(server_gen="g2", durable_seq=1, chain=desk.chain_at(1))

    parcels = desk.spoken()
    assert kinds(parcels) == ["records", "init", "init", "init"]
    records = unpack(parcels[0].payload, parcels[0].enc, Records)
    assert [entry.seq for entry in records.entries] == [2, 3]


def test_again_sends_what_was_lost_and_only_that() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(bytes(150_000))
    desk.connect()
    desk.grant()
    desk.spoken()
    desk.receipt(files=receiving(digest))
    assert kinds(desk.spoken()) == ["segment", "segment", "segment", "fin"]

    desk.receipt(again=True, files=receiving(digest, (0, 65_536), (131_072, 150_000)))

    parcels = desk.spoken()
    assert kinds(parcels) == ["segment", "fin"]
    assert parcels[0].address.offset == 65_536


def test_a_file_the_township_does_not_know_is_announced_again() -> None:
    desk = Desk()
    digest = desk.outbox.add_file(b"page")
    desk.connect()
    desk.grant()
    desk.spoken()
    desk.receipt(files=receiving(digest))
    assert kinds(desk.spoken()) == ["segment", "fin"]

    desk.receipt(again=True, files=(FileState(sha256=digest, state="unknown"),))

    assert kinds(desk.spoken()) == ["init"]
    desk.receipt(files=receiving(digest))
    assert kinds(desk.spoken()) == ["segment", "fin"]


def test_silence_leads_to_hello_under_a_new_session() -> None:
    desk = Desk()
    desk.outbox.add_file(b"page")
    before = desk.connect().session
    desk.grant()
    desk.spoken()

    assert desk.spoken(4.9) == []
    assert desk.hello(5.1).session != before


def test_nothing_to_wait_for_is_not_silence() -> None:
    desk = Desk()
    desk.outbox.add_entry("batch.opened", {})
    desk.connect()
    desk.grant()
    desk.spoken()
    desk.receipt()

    assert desk.spoken(1000.0) == []
    assert desk.sending.is_granted


def test_a_receiver_that_comes_back_with_another_life_is_greeted() -> None:
    desk = Desk()
    desk.connect()
    desk.grant()

    desk.sending.receiver_is("rx01", State(state="online", session="life-1"), 1.0)
    assert desk.sending.is_granted
    desk.sending.receiver_is("rx01", State(state="online", session="life-2"), 1.0)

    assert not desk.sending.is_granted
    assert desk.hello(desk.sending.next_s(1.0))


def test_nobody_subscribed_means_hello_again() -> None:
    desk = Desk()
    desk.outbox.add_file(b"page")
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.sending.undelivered(NO_RECEIVER, 1.0)

    assert not desk.sending.is_granted
    assert desk.sending.next_s(1.0) >= 2.0


def test_a_broker_that_forbids_us_is_an_alarm_not_a_success() -> None:
    desk = Desk()
    desk.connect()

    desk.sending.undelivered(NOT_AUTHORISED, 0.0)

    assert "not-authorised" in str(desk.sending.refusal)


def test_masters_wait_while_the_township_takes_no_bulk() -> None:
    desk = Desk()
    desk.outbox.add_file(b"m")
    document = desk.outbox.add_file(b"{}", "record")
    desk.connect()

    desk.grant(bulk=False)

    parcels = desk.spoken()
    assert kinds(parcels) == ["records", "init"]
    assert parcels[1].address.digest == document


def test_a_station_without_bulk_asks_again_after_the_time_it_was_told() -> None:
    desk = Desk()
    desk.outbox.add_file(b"m")
    desk.connect()
    desk.grant(bulk=False, retry_after_s=30.0)
    desk.spoken()
    desk.receipt()

    assert desk.spoken(29.0) == []
    assert desk.sending.next_s(29.0) == 30.0
    assert desk.hello(30.0)


def test_every_silence_in_a_row_is_counted_until_the_township_speaks() -> None:
    desk = Desk()
    desk.outbox.add_file(b"page")
    desk.connect()
    for now_s in (0.0, 10.0):
        desk.grant(now_s)
        desk.spoken(now_s)
        desk.hello(now_s + 5.0)
    assert desk.sending.silences == 2

    desk.grant(20.0)
    desk.receipt(20.0)

    assert desk.sending.silences == 0


def test_messages_stay_below_the_limit_of_the_broker() -> None:
    desk = Desk()
    for number in range(300):
        desk.outbox.add_entry("item.opened", {"noise": random.Random(number).randbytes(99).hex()})
    digest = desk.outbox.add_file(bytes(50_000))
    desk.connect(limit_bytes=6000)
    desk.grant()

    parcels = desk.spoken()
    desk.receipt(files=receiving(digest))
    parcels += desk.spoken()

    assert len(parcels) > 10
    assert all(len(p.payload) + len(p.address.topic) < 6000 for p in parcels)


def test_an_entry_above_the_limit_is_an_error_and_is_never_sent() -> None:
    desk = Desk()
    desk.outbox.add_entry("item.opened", {"noise": random.Random(1).randbytes(9000).hex()})
    desk.connect(limit_bytes=6000)
    desk.grant()

    with pytest.raises(LinkError, match="larger than the broker's limit"):
        desk.spoken()


def test_a_grant_that_comes_twice_changes_nothing() -> None:
    desk = Desk()
    desk.outbox.add_entry("batch.opened", {})
    desk.connect()
    desk.grant()
    desk.spoken()

    desk.grant()

    assert desk.spoken() == []


def test_a_refused_station_says_so_and_asks_again_much_later() -> None:
    desk = Desk()
    desk.connect()

    desk.grant(refused="unknown-station")

    assert "unknown-station" in str(desk.sending.refusal)
    assert desk.sending.next_s(0.0) >= 8.0


def test_packing_is_the_same_for_all_messages() -> None:
    parcel = pack(Address(kind="state", station="s1"), State(state="online"), retain=True)

    assert (parcel.schema, parcel.retain) == ("state/1.0", True)
