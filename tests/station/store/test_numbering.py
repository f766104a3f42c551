from station.model import Frame
from station.store.numbering import page_numbers


def frame(shot: int, supersedes: int | None = None) -> Frame:
    return Frame(
        item=1,
        shot=shot,
        digest="",
        size_bytes=0,
        media_type="",
        source="",
        supersedes=supersedes,
    )


def test_an_item_without_shots_has_no_numbers() -> None:
    assert page_numbers([]) == {}


def test_a_retake_of_a_retake_bears_the_number_of_the_first() -> None:
    assert page_numbers([frame(1), frame(2), frame(3, 2), frame(4, 3), frame(5)]) == {
        **{1: 1, 2: 2, 3: 2, 4: 2, 5: 3}
    }


def test_a_late_retake_takes_the_place_of_what_it_supersedes() -> None:
    assert page_numbers([frame(1), frame(2), frame(3), frame(4, 1)]) == {1: 1, 2: 2, 3: 3, 4: 1}
