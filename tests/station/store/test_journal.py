import hashlib
import json

import msgspec

from station.store import Store, frames, journal
from tests.station.store.samples import SetClock, an_item, exposure


def test_the_chain_can_be_followed_with_nothing_but_sha256(store: Store) -> None:
    item = an_item(store)
    frames.keep(store, item.id, exposure("one"))
    frames.close_item(store, item.id)

    chain = hashlib.sha256(f"st01/{store.epoch}".encode()).hexdigest()
    for entry in journal.entries_after(store, 0):
        payload = hashlib.sha256(entry.payload).hexdigest()
        chain = hashlib.sha256(f"{chain}{entry.seq}{payload}".encode()).hexdigest()
        assert entry.chain == chain
    assert journal.head(store) == journal.Head(epoch=store.epoch, seq=3, chain=chain)


def test_a_payload_has_its_keys_in_the_order_of_the_format(store: Store) -> None:
    journal.note(store, "time.fix", {"utc": "2026-11-22T00:00:00Z", "error_ms": 20})

    (entry,) = journal.entries_after(store, 0)

    said = json.loads(entry.payload)
    assert list(said) == [
        *("st", "epoch", "seq", "type", "body", "boot_id", "mono_ms", "wall", "clock", "prev")
    ]
    assert list(said["body"]) == ["error_ms", "utc"]
    assert b" " not in entry.payload


def test_the_order_is_that_of_seq_when_the_clock_goes_back(store: Store, clock: SetClock) -> None:
    item = an_item(store)
    frames.keep(store, item.id, exposure("before"))
    clock.moment = msgspec.structs.replace(
        clock.moment, boot_id="boot-2", mono_ms=5, wall="1970-01-01T00:00:05Z", state="unsynced"
    )
    frames.keep(store, item.id, exposure("after"))

    told = [json.loads(entry.payload) for entry in journal.entries_after(store, 1)]

    assert [said["body"]["source"] for said in told] == ["before.jpg", "after.jpg"]
    assert [said["seq"] for said in told] == [2, 3]
    assert told[1]["wall"] == "1970-01-01T00:00:05Z"
    assert told[1]["clock"] == "unsynced"
    assert told[1]["prev"] == journal.entries_after(store, 1)[0].chain


def test_a_kept_frame_is_told_in_full(store: Store) -> None:
    item = an_item(store)
    frame = frames.keep(store, item.id, exposure("one"))

    said = msgspec.json.decode(journal.entries_after(store, 1)[0].payload, type=journal.Payload)

    assert said.type == "frame.kept"
    assert said.body == {
        "item": item.id,
        "code": item.code,
        "shot": 1,
        "sha256": frame.digest,
        "size": 3,
        "media_type": "image/jpeg",
        "source": "one.jpg",
        "supersedes": None,
    }
