"""The store against a model of it in a few lists: whatever the operator does, both agree."""

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from station.store import Store, check, frames, listing, outbox, pages, records, status, texts
from tests.station.store.samples import an_item, exposure, page, text


@dataclass
class ItemModel:
    """Shots by their number; `places` are the shots that count, in the order of the pages."""

    contents: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    blanks: list[int] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)
    wants_retake: bool = False
    is_closed: bool = False
    is_sealed: bool = False


class StoreAndModel(RuleBasedStateMachine):
    items = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name), station="st01")
        self.model: dict[int, ItemModel] = {}
        self.receipted: set[str] = set()
        self.sealed: dict[int, bytes] = {}

    def teardown(self) -> None:
        report = check.check(self.store)
        assert report.is_sound, report.problems
        assert report.orphans == ()
        self.store.close()
        self.folder.cleanup()

    @rule(target=items)
    def open_item(self) -> int:
        item = an_item(self.store)
        assert item.code == f"Z109-WS·2011·Y-{len(self.model) + 1:04d}"
        self.model[item.id] = ItemModel()
        return item.id

    @rule(item=items, content=st.sampled_from(["white", "one", "two", "three"]))
    def keep(self, item: int, content: str) -> None:
        model = self.model[item]
        if model.is_closed:
            return
        frame = frames.keep(self.store, item, exposure(content))
        model.contents.append(content)
        model.unread.add(frame.shot)
        assert frame.shot == len(model.contents)
        if model.wants_retake:
            replaced = model.places.pop()
            assert frame.supersedes == replaced
            model.unread.discard(replaced)
            model.held.discard(replaced)
        model.places.append(frame.shot)
        model.wants_retake = False

    @rule(item=items)
    def ask_retake(self, item: int) -> None:
        model = self.model[item]
        if model.is_closed:
            return
        asked = frames.ask_retake(self.store, item)
        assert asked == (model.places[-1] if model.places else None)
        model.wants_retake = bool(model.places)

    @rule(item=items)
    def declare_blank(self, item: int) -> None:
        if not self.model[item].is_closed:
            frames.declare_blank(self.store, item)
            self.model[item].blanks.append(len(self.model[item].places))

    @rule(item=items)
    def close_item(self, item: int) -> None:
        frames.close_item(self.store, item)
        self.model[item].is_closed = True

    @rule(end=st.sampled_from(["page", "failure", "crashes"]))
    def read_one(self, end: str) -> None:
        frame = pages.next_to_read(self.store)
        waiting = [(item, min(m.unread)) for item, m in self.model.items() if m.unread]
        if frame is None:
            assert waiting == []
            return
        assert (frame.item, frame.shot) in waiting
        content = self.model[frame.item].contents[frame.shot - 1]
        for _ in range(3 if end == "crashes" else 1):
            pages.begin_attempt(self.store, frame)
        if end == "page":
            image = self.store.spool.keep(f"page image of {content}".encode())
            pages.add_pages(self.store, [(page(frame, image=image), text(content))])
        elif end == "failure":
            pages.add_failure(self.store, frame, "cannot be decoded")
        else:
            pages.next_to_read(self.store, item=frame.item)
            self.model[frame.item].held.add(frame.shot)
        self.model[frame.item].unread.discard(frame.shot)

    @rule(is_readable=st.booleans())
    def decide_on_what_was_set_aside(self, is_readable: bool) -> None:
        for frame in listing.set_aside(self.store):
            content = self.model[frame.item].contents[frame.shot - 1]
            if is_readable:
                pages.add_pages(self.store, [(page(frame), text(content))])
            else:
                pages.add_failure(self.store, frame, "given up")
            self.model[frame.item].held.remove(frame.shot)

    @rule(model=st.sampled_from(["better", "best"]))
    def read_again(self, model: str) -> None:
        after = 0
        while old := texts.next_old(self.store, model, after=after):
            texts.begin_again(self.store, old.page, model)
            texts.add_again(self.store, old.page, text(f"again by {model}", model=model))
            after = old.page
        assert texts.next_old(self.store, model) is None

    @rule()
    def seal(self) -> None:
        ready = [item for item, model in self.model.items() if _is_ready(model)]
        assert records.ready_to_seal(self.store) == ready
        for item in ready:
            self.sealed[item] = records.seal(self.store, item, title=f"第{item}件").document
            self.model[item].is_sealed = True
            self._compare(item, json.loads(self.sealed[item]))

    @rule()
    def receipt(self) -> None:
        head = outbox.head(self.store)
        outbox.accept_entries(self.store, durable_seq=head.seq, chain=head.chain, server_gen="g1")
        for file in outbox.files_waiting(self.store, 2):
            outbox.accept_file(self.store, file.digest)
            self.receipted.add(file.digest)
        assert status.status(self.store).outbox_entries == 0

    @precondition(lambda self: self.receipted)
    @rule()
    def township_forgets(self) -> None:
        outbox.rewind(self.store, server_gen="g2", durable_seq=0, lacking=self.receipted)
        self.receipted.clear()
        assert status.status(self.store).outbox_entries == outbox.head(self.store).seq

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = Store.open(Path(self.folder.name), station="st01")

    @invariant()
    def the_counts_are_those_of_the_model(self) -> None:
        models = self.model.values()
        kept = [digest for (digest,) in self.store.rows("select digest from frame")]
        waiting = outbox.files_waiting(self.store, 10_000)
        counts = status.status(self.store)
        assert counts.captured == len(kept) == sum(len(model.contents) for model in models)
        assert counts.superseded == sum(len(m.contents) - len(m.places) for m in models)
        assert counts.to_read == sum(len(model.unread) for model in models)
        assert counts.set_aside == sum(len(model.held) for model in models)
        assert counts.items_open == sum(not model.is_closed for model in models)
        assert counts.items_sealed == sum(model.is_sealed for model in models)
        assert counts.frames_receipted == sum(digest in self.receipted for digest in kept)
        assert counts.outbox_files == len(waiting)
        assert counts.outbox_bytes == sum(file.size_bytes for file in waiting)

    def _compare(self, item: int, said: dict[str, list[dict[str, int]]]) -> None:
        model = self.model[item]
        assert [p["shot"] for p in said["pages"]] == model.places
        assert [p["number"] for p in said["pages"]] == list(range(1, len(model.places) + 1))
        assert [blank["after_number"] for blank in said["blanks"]] == model.blanks
        gone = set(range(1, len(model.contents) + 1)) - set(model.places)
        assert {s["shot"] for s in said["superseded"]} == gone


def _is_ready(model: ItemModel) -> bool:
    waits = model.unread | model.held
    return model.is_closed and bool(model.places) and not waits and not model.is_sealed


StoreAndModel.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTheStoreAgreesWithItsModel = StoreAndModel.TestCase
