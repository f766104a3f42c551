import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.store import Store, frames, pages, records
from station.store.folding import folded, folded_with_places
from station.store.search import search
from tests.station.store.samples import a_page_saying, an_item, exposure, read, spread


def shots_found(store: Store, words: str) -> list[tuple[int, int | None]]:
    return [(hit.item, hit.shot) for hit in search(store, words) if hit.shot is not None]


@pytest.mark.parametrize("word", ["李", "水", "成水", "李成水", "任命李成水同志为村民委员会主任"])
def test_a_word_of_any_length_is_found(store: Store, word: str) -> None:
    frame = a_page_saying(store, "兹任命李成水同志为村民委员会主任。")
    a_page_saying(store, "土地承包合同")

    assert shots_found(store, word) == [(frame.item, frame.shot)]


def test_a_word_that_stands_across_two_lines_is_found(store: Store) -> None:
    frame = a_page_saying(store, "兹任命李成", "水同志为主任")

    (hit,) = search(store, "李成水")

    assert (hit.item, hit.shot, hit.number) == (frame.item, 1, 1)
    assert hit.snippet == "兹任命李成水同志为主任"


def test_a_number_that_stands_across_two_lines_is_found(store: Store) -> None:
    a_page_saying(store, "地号 ZA19", "91号")

    assert len(search(store, "za1991")) == 1


def test_characters_of_a_word_apart_from_each_other_do_not_find_it(store: Store) -> None:
    # All three pairs of 甲乙丙丁 are there, but never in one piece.
    a_page_saying(store, "甲乙丙，乙丙丁")
    a_page_saying(store, "甲乙，乙丙，丙丁")

    assert search(store, "甲乙丙丁") == []


@pytest.mark.parametrize("words", ["ｗｔｏ", "WTO", "wto １９９１", "1991年WTO", "李　成 水"])
def test_width_case_and_gaps_do_not_matter(store: Store, words: str) -> None:
    a_page_saying(store, "李 成 水", "１９９１年ＷＴＯ")

    assert len(shots_found(store, words)) == 1


def test_all_words_must_be_there(store: Store) -> None:
    a_page_saying(store, "小孙庄土地")
    both = a_page_saying(store, "小孙庄", "1970年土地")

    assert shots_found(store, "土地 1970") == [(both.item, both.shot)]
    assert search(store, "土地 1971") == []


def test_latin_words_keep_their_gap(store: Store) -> None:
    a_page_saying(store, "scan station")

    assert len(search(store, "station")) == 1
    assert search(store, "nsta") == []


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            " \t　",
            '"',
            '"土',
            "土*",
            "土 AND",
            "NEAR(土 地)",
            "'",
            "(",
            ")",
            "-土",
            "^土",
            "土:地",
        ),
        *("\x00", "\udcff", "%_", "—", "。", "土" * 3000, "地土 " * 3000, "\u3000"),
        "".join(map(chr, range(0x4E00, 0x5200))),
        " ".join(map(chr, range(0x4E00, 0x5200))),
    ],
)
def test_no_query_raises(store: Store, words: str) -> None:
    a_page_saying(store, "土地承包合同")

    assert search(store, words) == []


def test_punctuation_is_found_as_it_stands(store: Store) -> None:
    a_page_saying(store, '他说："同意"(全体)。')

    for words in ('"同意"', "说：“".replace("“", '"'), '意"(', "）。"):
        assert len(search(store, words)) == 1


def test_the_newest_come_first_and_no_more_than_asked_for(store: Store) -> None:
    taken = [a_page_saying(store, f"土地{n}") for n in range(5)]

    hits = search(store, "土地", limit=3)

    assert [hit.item for hit in hits] == [frame.item for frame in taken[:1:-1]]
    assert search(store, "土地", limit=0) == []


def test_superseded_shots_are_not_shown_and_not_counted(store: Store) -> None:
    item = an_item(store)
    for line in ("第一页", "第二页模糊", "第二页"):
        if line == "第二页":
            frames.ask_retake(store, item.id)
        a_page_saying(store, line, item=item)

    assert [(hit.shot, hit.number) for hit in search(store, "页")] == [(3, 2), (1, 1)]
    assert search(store, "模糊") == []


def test_the_second_page_of_an_open_book_is_found_under_its_own_number(store: Store) -> None:
    item = an_item(store).id
    for sides in (("封面",), ("右页世系", "左页世系"), ("封底世系",)):
        pages.add_pages(store, spread(frames.keep(store, item, exposure(sides[0])), *sides))

    assert [(hit.shot, hit.number) for hit in search(store, "世系")] == [(3, 4), (2, 3), (2, 2)]


def test_an_item_is_found_by_its_code_and_its_title(store: Store) -> None:
    item = an_item(store)
    frames.keep(store, item.id, exposure())
    frames.close_item(store, item.id)
    read(store)
    records.seal(store, item.id, title="关于李成水的任命")

    for words in ("Z109-WS", "z109", "任命", "李成水 0001"):
        (hit,) = search(store, words)
        assert (hit.item, hit.code, hit.shot) == (item.id, item.code, None)
        assert hit.snippet == "关于李成水的任命"


def test_a_snippet_shows_the_original_around_the_word(store: Store) -> None:
    a_page_saying(store, "一" * 50 + "Ａ县ＢＣ" + "二" * 50)

    (hit,) = search(store, "a县b")

    assert hit.snippet == "一" * 16 + "Ａ县Ｂ" + "Ｃ" + "二" * 15


def test_a_text_is_found_from_the_instant_it_is_there(store: Store) -> None:
    a_page_saying(store, "土地")

    with Store.open(store.home, station="st01") as another:
        assert len(search(another, "土")) == 1


ALPHABET = "李成水土地年月一二（）。，·ＡａAab1１9 　\"'*-%"
lines = st.lists(st.text(ALPHABET, max_size=12), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def crowded_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("home"), station="st01") as opened:
        yield opened


@given(texts=st.lists(lines, min_size=1, max_size=4), data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_piece_of_a_text_finds_it_and_nothing_that_lacks_it(
    crowded_store: Store, texts: list[list[str]], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(texts))
    joined = "".join(wanted)
    begin = data.draw(st.integers(0, max(0, len(joined) - 1)))
    words = joined[begin : data.draw(st.integers(begin + 1, begin + 8))]
    pages = [a_page_saying(crowded_store, *text) for text in texts]

    hits = [hit for hit in search(crowded_store, words, 10_000) if hit.shot is not None]

    found = {hit.item for hit in hits}
    assert all(_holds(hit.snippet, words) for hit in hits if len(words.split()) == 1)
    for frame, text in zip(pages, texts, strict=True):
        if text is wanted and words.split():
            assert frame.item in found
        if frame.item in found:
            assert _holds("".join(text), words)


def _holds(text: str, words: str) -> bool:
    return all(_bare(word) in _bare(text) for word in words.split())


def _bare(text: str) -> str:
    """Another way to compare: the whole at once, and no white space at all."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@given(st.text(), st.text())
def test_a_part_folds_to_a_part_of_the_whole(before: str, after: str) -> None:
    parts = [folded(part).replace(" ", "") for part in (before, after)]

    assert folded(before + after).replace(" ", "") == "".join(parts)


@given(st.text())
def test_each_folded_character_knows_where_it_came_from(text: str) -> None:
    plain, places = folded_with_places(text)

    assert len(plain) == len(places)
    assert places == sorted(places)
    assert all(place in range(len(text)) for place in places)
