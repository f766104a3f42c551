import pytest

from station.store import Store, check, frames, outbox, records
from tests.station.store.samples import an_item, exposure, read


@pytest.fixture
def digests(store: Store) -> dict[str, str]:
    """A sealed item; the digests of its blobs by their kind."""
    item = an_item(store).id
    frames.keep(store, item, exposure("a picture of some length"))
    frames.close_item(store, item)
    read(store, "任命")
    records.seal(store, item, title="题名")
    return dict(store.rows("select kind, digest from blob"))


def problems(store: Store) -> list[tuple[str, str]]:
    return [(problem.kind, problem.what) for problem in check.check(store).problems]


def test_a_sound_store_is_said_to_be_sound(store: Store, digests: dict[str, str]) -> None:
    report = check.check(store)

    assert report.is_sound
    assert report.orphans == ()
    assert (report.blobs, report.frames, report.entries) == (3, 1, outbox.head(store).seq)
    assert report.blob_bytes == sum(store.spool.size(digest) for digest in digests.values())


@pytest.mark.parametrize("kind", ["master", "page", "record"])
def test_one_flipped_bit_is_found(store: Store, digests: dict[str, str], kind: str) -> None:
    path = store.spool.path(digests[kind])
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)

    assert problems(store) == [("blob-damaged", digests[kind])]


def test_a_truncated_blob_is_found(store: Store, digests: dict[str, str]) -> None:
    path = store.spool.path(digests["master"])
    path.write_bytes(path.read_bytes()[:-1])

    (problem,) = check.check(store).problems

    assert (problem.kind, problem.what) == ("blob-damaged", digests["master"])
    assert problem.detail.startswith("23 bytes of 24")


def test_a_missing_blob_is_found(store: Store, digests: dict[str, str]) -> None:
    store.spool.path(digests["page"]).unlink()

    assert problems(store) == [("blob-missing", digests["page"])]


def test_a_blob_that_cannot_be_read_is_a_problem_and_not_the_end(
    store: Store, digests: dict[str, str]
) -> None:
    path = store.spool.path(digests["master"])
    path.unlink()
    path.mkdir()

    assert problems(store) == [("blob-damaged", digests["master"])]


def test_a_blob_without_a_row_is_no_problem(store: Store, digests: dict[str, str]) -> None:
    orphan = store.spool.keep(b"the power went before the row was written")

    report = check.check(store)

    assert report.is_sound
    assert report.orphans == (orphan,)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # Only the payload: the digest in the chain no longer follows.
        (
            "update journal set payload = cast(replace(cast(payload as text), '.jpg', '.jp2')"
            " as blob) where seq = 2",
            [("chain-broken", "2"), ("fact-differs", "2")],
        ),
        ("update journal set payload = x'00' where seq = 2", [("chain-broken", "2")]),
        (
            "update journal set chain = lower(hex(zeroblob(32))) where seq = 2",
            [("chain-broken", "2"), ("chain-broken", "3")],
        ),
        ("update frame set source = 'another.jpg'", [("fact-differs", "2")]),
        ("update item set code = 'Z109-WS·2011·Y-0002'", [("fact-differs", "1")]),
        ("update record set title = '另一个'", [("fact-differs", "4")]),
    ],
)
def test_an_edited_row_is_found(
    store: Store, digests: dict[str, str], sql: str, expected: list[tuple[str, str]]
) -> None:
    tamper(store, sql)

    assert problems(store) == expected


def test_a_removed_entry_is_found(store: Store, digests: dict[str, str]) -> None:
    tamper(store, "delete from journal where seq = 3")

    assert ("chain-broken", "4") in problems(store)


def tamper(store: Store, sql: str) -> None:
    """Do what the triggers forbid, as someone with the file in hand would."""
    table = sql.split()[1 if sql.startswith("update") else 2]
    store.run("pragma foreign_keys = off")
    for change in ("update", "delete"):
        store.run(f"drop trigger {table}_no_{change}")
    store.run(sql)
