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


def numbered(shots: int, parts: dict[int, int], *, retake_of: int | None = None):
    earlier = [frame(shot) for shot in range(1, shots)]
    return page_numbers([*earlier, frame(shots, retake_of)], parts)


def test_an_item_without_shots_has_no_numbers() -> None:
    assert page_numbers([]) == {}


def test_a_retake_of_a_retake_bears_the_number_of_the_first() -> None:
    assert page_numbers([frame(1), frame(2), frame(3, 2), frame(4, 3), frame(5)]) == {
        **{1: range(1, 2), 5: range(3, 4)},
        **dict.fromkeys((2, 3, 4), range(2, 3)),
    }


def test_a_late_retake_takes_the_place_of_what_it_supersedes() -> None:
    firsts = {shot: numbers[0] for shot, numbers in numbered(4, {}, retake_of=1).items()}
    assert firsts == {1: 1, 2: 2, 3: 3, 4: 1}


def test_a_frame_with_two_pages_bears_two_numbers_and_the_next_goes_on_after_them() -> None:
    assert numbered(3, {2: 2}) == {1: range(1, 2), 2: range(2, 4), 3: range(4, 5)}


def test_a_retake_says_how_many_pages_stand_in_its_place() -> None:
    numbers = numbered(3, {1: 2, 3: 1}, retake_of=1)
    assert numbers == {1: range(1, 2), 2: range(2, 3), 3: range(1, 2)}
