from __future__ import annotations

from pathlib import Path

import pytest

from firmware_config.errors import DamageError, StorageError
from sync import chain
from sync.owed import StoreOutbox
from tests.sync import ends


def test_the_outbox_follows_the_store_s_own_chain(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, outbox):
        ends.capture(store, 2)
        link = chain.first(ends.STATION, outbox.head().epoch)

        for entry in outbox.entries_after(0, 100):
            link = chain.following(link, entry.seq, entry.payload)
            assert entry.chain == link

        assert outbox.head().chain == link


def test_what_is_accepted_is_remembered(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, outbox):
        (digest,) = ends.capture(store, 1)
        assert outbox.accepted() == ("", 0)
        last = outbox.entries_after(0, 100)[1]

        outbox.accept_entries(durable_seq=2, chain=last.chain, server_gen="g1")
        outbox.accept_file(digest, server_gen="g1")

        assert outbox.accepted() == ("g1", 2)
        assert outbox.files_waiting() == []
        assert not outbox.empty()


def test_a_rewind_brings_entries_and_files_back(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, outbox):
        (digest,) = ends.capture(store, 1)
        head = outbox.head()
        outbox.accept_entries(durable_seq=head.seq, chain=head.chain, server_gen="g1")
        outbox.accept_file(digest, server_gen="g1")
        assert outbox.empty()

        outbox.rewind(server_gen="g2", durable_seq=1)

        assert outbox.accepted() == ("g2", 1)
        assert [waiting.digest for waiting in outbox.files_waiting()] == [digest]


def test_a_change_by_another_process_is_seen_once(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (_, outbox), ends.station(tmp_path) as (other, _):
        assert not outbox.changed()
        ends.capture(other, 1)

        assert outbox.changed()
        assert not outbox.changed()


def test_a_blob_that_is_gone_or_short_is_an_error(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, outbox):
        (digest,) = ends.capture(store, 1, size_bytes=1000)
        blob = store.spool.path(digest)
        assert outbox.read(digest, 10, 20) == blob.read_bytes()[10:20]

        with pytest.raises(DamageError):
            outbox.read(digest, 990, 1010)
        blob.unlink()
        with pytest.raises(StorageError):
            StoreOutbox(store).read(digest, 0, 10)


def test_a_blob_with_a_flipped_bit_is_found_and_named_to_a_technician(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, outbox):
        (digest,) = ends.capture(store, 1, size_bytes=1000)
        outbox.check(digest)
        blob = store.spool.path(digest)
        data = blob.read_bytes()
        blob.write_bytes(bytes([data[0] ^ 1]) + data[1:])

        with pytest.raises(DamageError) as caught:
            outbox.check(digest)

        assert "技术员" in caught.value.hint


def test_more_files_are_listed_when_more_are_asked_for(tmp_path: Path) -> None:
    with ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 3, size_bytes=10)

        assert [file.digest for file in outbox.files_waiting(2)] == digests[:2]
        assert [file.digest for file in outbox.files_waiting(4)] == digests
