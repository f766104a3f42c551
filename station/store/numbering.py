"""Which page number a shot bears: the place, among the pages that count, of what it replaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from station.model import Frame


def page_numbers(
    frames: Iterable[Frame], parts: Mapping[int, int] | None = None
) -> dict[int, range]:
    """From shot to the numbers of its pages, of one item's frames in the order of shots.

    `parts` says of a shot how many pages it shows, where that is not one. A retake bears the
    numbers of the shot it supersedes, however late it was taken; how many pages stand there is
    for the last of them to say.
    """
    places: list[list[int]] = []
    place_of: dict[int, list[int]] = {}
    for frame in frames:
        if frame.supersedes is None:
            places.append([])
        place = places[-1] if frame.supersedes is None else place_of[frame.supersedes]
        place.append(frame.shot)
        place_of[frame.shot] = place
    numbers: dict[int, range] = {}
    first = 1
    for place in places:
        after = first + max(1, (parts or {}).get(place[-1], 1))
        numbers |= dict.fromkeys(place, range(first, after))
        first = after
    return numbers
