"""Full-text search that finds every Chinese word, of one character or of ten.

The index holds every character and every pair of neighbours (character unigrams and bigrams),
the common way with Chinese, which writes no spaces between its words. It may name a page too
many, never one too few; each is then compared with the text itself.

A page that was read again is found by what any of its readings says: a better reader may still lose
a name that the one before it had. What is shown is the latest reading that has the first word.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from station.model import Line, Noun
from station.store.folding import folded, folded_with_places, printable
from station.store.opening import Row, Store

AROUND = 16
"""Characters of the original shown on either side of what was found."""


class Hit(Noun, frozen=True, kw_only=True):
    """One page that holds all the words; or an item whose code or title does, without a shot."""

    item: int
    code: str
    shot: int | None
    number: int | None
    snippet: str


def search(store: Store, words: str, limit: int = 20) -> list[Hit]:
    """Items, then pages, that hold every one of `words` (separated by white space), newest first.

    Width and case do not matter. Superseded shots are not shown. No words find nothing.
    """
    wanted = folded_words(words)
    if not wanted or limit < 1:
        return []
    items = _items(store, wanted, limit)
    return items + _pages(store, wanted, limit - len(items))


def folded_words(words: str) -> list[str]:
    """The words of a query as they are compared."""
    folded_each = (folded(word) for word in printable(words).split())
    return list(dict.fromkeys(part for word in folded_each for part in word.split()))


def add_to_index(store: Store, page: int, plain: str, *, earlier: Iterable[str] = ()) -> None:
    """Index the folded text of a page, within the transaction that adds the text.

    `earlier` are the folded texts that the page was indexed by before: it stays found by them.
    """
    known = set().union(*map(_terms_of_text, earlier))
    if known:
        # A table without content must be told what it is to forget.
        store.run(
            "insert into page_index (page_index, rowid, terms) values ('delete', ?, ?)",
            *(page, " ".join(known)),
        )
    terms = " ".join(known | _terms_of_text(plain))
    store.run("insert into page_index (rowid, terms) values (?, ?)", page, terms)


def _terms_of_text(plain: str) -> set[str]:
    pairs = {_term(first) + _term(second) for first, second in pairwise(plain)}
    return pairs | set(map(_term, plain))


def _terms_of_word(word: str) -> set[str]:
    if len(word) == 1:
        return {_term(word)}
    return {_term(first) + _term(second) for first, second in pairwise(word)}


def _term(character: str) -> str:
    # In hex, so that no tokenizer has an opinion on any character and no query needs quoting.
    return f"{ord(character):06x}"


def _items(store: Store, wanted: list[str], limit: int) -> list[Hit]:
    rows = store.rows(
        "select id, code, ifnull(title, '') from item left join record on record.item = item.id"
        # The longest word alone rules out nearly all, at a third of the time of all words.
        " where instr(folded_code || ' ' || ifnull(folded_title, ''), ?)"
        " and not exists (select 1 from json_each(?)"
        "  where not instr(folded_code || ' ' || ifnull(folded_title, ''), value))"
        " order by id desc limit ?",
        *(max(wanted, key=len), _json(wanted), limit),
    )
    return [
        Hit(item=item, code=code, shot=None, number=None, snippet=title or code)
        for item, code, title in rows
    ]


def _pages(store: Store, wanted: list[str], limit: int) -> list[Hit]:
    match = " AND ".join(sorted(set().union(*map(_terms_of_word, wanted))))
    rows = store.rows(
        "select f.item, code, f.shot,"
        " (select lines from text where text.page = page.id and instr(folded, ?)"
        "  order by text.id desc limit 1),"
        # Only the last shot is ever superseded, so shots that count stand in order.
        " 1 + page.part + (select ifnull(sum("
        "  max(1, (select count(*) from page where frame = g.seq))), 0)"
        "  from frame as g where g.item = f.item and g.shot < f.shot"
        "  and not exists (select 1 from frame where item = g.item and supersedes = g.shot))"
        " from page_index join page on page.id = page_index.rowid"
        " join frame as f on f.seq = page.frame"
        " join item on item.id = f.item"
        " where page_index match ?"
        " and not exists (select 1 from frame where item = f.item and supersedes = f.shot)"
        " and not exists (select 1 from json_each(?) as word where not exists"
        "  (select 1 from text where text.page = page.id and instr(folded, word.value)))"
        " order by page_index.rowid desc limit ?",
        *(wanted[0], match, _json(wanted), limit),
    )
    return [_hit(row, wanted[0]) for row in rows]


def _json(wanted: list[str]) -> str:
    return msgspec.json.encode(wanted).decode()


def _hit(row: Row, word: str) -> Hit:
    item, code, shot, lines, number = row
    original = "".join(line.text for line in msgspec.json.decode(lines, type=list[Line]))
    return Hit(item=item, code=code, shot=shot, number=number, snippet=snippet(original, word))


def snippet(original: str, word: str) -> str:
    """The original's characters around the first place where the folded `word` stands."""
    plain, places = folded_with_places(original)
    found = plain.find(word)
    if found < 0:
        return original[: 2 * AROUND]
    begin, end = places[found], places[found + len(word) - 1] + 1
    return original[max(0, begin - AROUND) : end + AROUND]
