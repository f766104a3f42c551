import json

import msgspec
import pytest

from firmware_config.errors import StorageError
from station.store import Store, check, frames, journal, records
from station.store.targets import add_target, latest_target, px_per_mm, target_of_item
from tests.station.store.samples import an_item, exposure, read

MEASUREMENT = b'{"dpi": 298.1}'


def measured(store: Store, grade: str = "green", dpi: float = 298.1234) -> int:
    return add_target(
        store,
        MEASUREMENT,
        grade=grade,  # type: ignore[arg-type]
        dpi=dpi,
        px_per_mm=dpi / 25.4,
        ruler_mm=(149.2, 150.0),
    ).seq


def a_sealed_item(store: Store, batch: int | None) -> dict[str, object]:
    item = an_item(store, batch=batch).id
    frames.keep(store, item, exposure(f"page of {item}"))
    frames.close_item(store, item)
    read(store)
    document: dict[str, object] = json.loads(records.seal(store, item, title="题名").document)
    return document


def test_a_station_that_was_never_measured_claims_nothing(store: Store) -> None:
    assert latest_target(store) is None
    assert px_per_mm(store) is None
    assert a_sealed_item(store, frames.open_batch(store))["target"] is None


def test_the_last_measurement_is_what_counts(store: Store) -> None:
    measured(store, "red", 190)
    seq = measured(store)

    target = latest_target(store)

    assert target
    assert (target.seq, target.grade, target.dpi) == (seq, "green", 298.12)
    assert target.ruler_mm == (149.2, 150.0)
    assert target.wall.startswith("2026-11-22")
    assert px_per_mm(store) == pytest.approx(298.12 / 25.4, abs=1e-3)


def test_a_record_tells_what_was_measured_in_its_batch(store: Store) -> None:
    batch = frames.open_batch(store)
    seq = measured(store)

    assert a_sealed_item(store, batch)["target"] == {"seq": seq, "grade": "green", "dpi": 298.12}


def test_what_is_measured_between_batches_is_the_next_ones(store: Store) -> None:
    frames.close_batch(store, frames.open_batch(store))
    seq = measured(store)
    batch = frames.open_batch(store)
    later = frames.close_batch(store, batch) and frames.open_batch(store)

    item = an_item(store, batch=batch).id
    other = an_item(store, batch=later).id
    for number in (item, other):
        frames.close_item(store, number)

    assert target_of_item(store, item)
    assert target_of_item(store, item).seq == seq  # type: ignore[union-attr]
    assert target_of_item(store, other) is None
    assert a_sealed_item(store, None)["target"] is None


def test_what_is_measured_after_an_item_was_closed_does_not_change_it(store: Store) -> None:
    batch = frames.open_batch(store)
    first = measured(store)
    item = an_item(store, batch=batch).id
    frames.close_item(store, item)

    measured(store, "red", 100)

    told = target_of_item(store, item)
    assert told
    assert told.seq == first


def test_a_measurement_is_a_fact_that_the_journal_vouches_for(store: Store) -> None:
    seq = measured(store)

    (entry,) = journal.entries_after(store, seq - 1)
    said = msgspec.json.decode(entry.payload, type=journal.Payload)
    assert said.type == "target.measured"
    assert said.body["class"] == "green"
    assert said.body["batch"] is None
    assert check.check(store).is_sound
    with pytest.raises(StorageError, match="never changed"):
        store.run("update target set dpi = 600")


def test_a_measurement_that_was_tampered_with_is_found(store: Store) -> None:
    measured(store)
    store.run("drop trigger target_no_update")
    store.run("update target set dpi = 600")

    assert [problem.kind for problem in check.check(store).problems] == ["fact-differs"]
