from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.schema import Controls
from station.controls.debounce import Contact, Edge, Hand
from station.model import PressKind

PEDAL, GREEN, YELLOW = Contact.PEDAL, Contact.GREEN, Contact.YELLOW
SETTINGS = Controls(driver="gpio")


def moves(*steps: tuple[Contact, int, int]) -> list[Edge]:
    """Edges of contacts closed from one time to another, in ms."""
    edges = [
        Edge(contact=contact, closed=closed, at_s=at_ms / 1000)
        for contact, from_ms, to_ms in steps
        for closed, at_ms in ((True, from_ms), (False, to_ms))
    ]
    return sorted(edges, key=lambda edge: edge.at_s)


def kinds(edges: list[Edge], until_s: float = 1000.0) -> list[PressKind]:
    return [press.kind for press in played(edges, until_s)]


def played(edges, until_s=1000.0):
    hand = Hand(SETTINGS)
    presses = [press for edge in edges for press in hand.edge(edge)]
    return presses + hand.advance(until_s)


def test_a_page_is_taken_25_ms_after_the_contact_while_the_pedal_is_still_down():
    hand = Hand(SETTINGS)
    hand.edge(Edge(contact=PEDAL, closed=True, at_s=1.0))

    assert hand.advance(1.0249) == []
    (press,) = hand.advance(1.0251)

    assert (press.kind, press.at_s) == (PressKind.PAGE, 1.0)


def test_a_contact_shorter_than_25_ms_is_no_press():
    assert kinds(moves((PEDAL, 1000, 1024))) == []


def test_six_bounces_are_one_press_at_the_last_closing():
    bounces = [(PEDAL, 1000 + 4 * n, 1002 + 4 * n) for n in range(6)]

    (press,) = played(moves(*bounces, (PEDAL, 1024, 1300)))

    assert (press.kind, press.at_s) == (PressKind.PAGE, 1.024)


def test_a_release_that_bounces_is_not_a_second_press():
    assert kinds(moves((PEDAL, 1000, 1500), (PEDAL, 1520, 1560), (PEDAL, 1590, 1640))) == ["page"]


def test_a_held_pedal_never_repeats():
    assert kinds([Edge(contact=PEDAL, closed=True, at_s=1.0)], until_s=3600.0) == ["page"]


def test_what_is_held_when_the_station_starts_counts_only_after_a_release():
    hand = Hand(SETTINGS, held=[PEDAL, GREEN])

    assert hand.advance(10.0) == []
    for edge in moves((PEDAL, 11_000, 11_200), (GREEN, 11_000, 11_300)):
        assert hand.edge(edge) == []
    assert hand.advance(12.0) == []
    (press,) = hand.edge(Edge(contact=PEDAL, closed=True, at_s=13.0)) + hand.advance(14.0)
    assert press.at_s == 13.0


def test_a_second_shot_needs_400_ms_since_the_first():
    assert kinds(moves((PEDAL, 1000, 1100), (PEDAL, 1399, 1600))) == ["page"]
    assert kinds(moves((PEDAL, 1000, 1100), (PEDAL, 1400, 1600))) == ["page", "page"]


def test_a_press_too_early_does_not_turn_into_one_by_being_held():
    assert kinds(moves((PEDAL, 1000, 1100), (PEDAL, 1300, 9000))) == ["page"]


def test_short_presses_of_the_buttons_count_on_release():
    assert kinds(moves((GREEN, 1000, 1500))) == ["next-item"]
    assert kinds(moves((YELLOW, 1000, 2999))) == ["retake"]


def test_long_presses_count_while_held_and_once():
    hand = Hand(SETTINGS)
    hand.edge(Edge(contact=GREEN, closed=True, at_s=1.0))

    assert hand.advance(2.99) == []
    assert [press.kind for press in hand.advance(3.01)] == ["close-batch"]
    assert hand.advance(60.0) == []
    assert hand.edge(Edge(contact=GREEN, closed=False, at_s=60.0)) == []
    assert hand.advance(61.0) == []
    assert kinds(moves((YELLOW, 1000, 3500))) == ["blank"]


def test_a_finger_that_leaves_just_before_two_seconds_made_a_short_press():
    assert kinds(moves((GREEN, 1000, 2990))) == ["next-item"]


def test_a_bounce_at_two_seconds_does_not_undo_a_long_press():
    assert kinds(moves((GREEN, 1000, 2990), (GREEN, 3020, 4000))) == ["close-batch"]


def test_both_buttons_for_three_seconds_are_power_off_and_nothing_else():
    assert kinds(moves((GREEN, 1000, 5000), (YELLOW, 1100, 5100))) == ["power-off"]


def test_both_buttons_let_go_early_are_nothing():
    assert kinds(moves((GREEN, 1000, 3500), (YELLOW, 1100, 3400))) == []


def test_a_finger_that_leaves_just_before_three_seconds_powers_nothing_off():
    assert kinds(moves((GREEN, 1000, 3990), (YELLOW, 1000, 5000))) == []


def test_after_a_long_press_a_short_one_is_short():
    assert kinds(moves((GREEN, 1000, 3500), (GREEN, 4000, 4200))) == ["close-batch", "next-item"]


def test_an_edge_that_is_told_twice_does_not_begin_the_contact_again():
    hand = Hand(SETTINGS)
    for at_s in (1.0, 1.01, 1.02):
        hand.edge(Edge(contact=PEDAL, closed=True, at_s=at_s))

    (press,) = hand.advance(1.026)

    assert press.at_s == 1.0


def test_power_off_counts_from_the_second_button():
    (press,) = played(moves((GREEN, 1000, 9000), (YELLOW, 2000, 9000)))

    assert (press.kind, press.at_s) == (PressKind.POWER_OFF, 2.0)


def test_after_power_off_the_buttons_mean_what_they_meant():
    both = ((GREEN, 1000, 5000), (YELLOW, 1000, 5200))

    assert kinds(moves(*both, (GREEN, 6000, 6200))) == ["power-off", "next-item"]


def test_the_pedal_works_while_a_button_is_held():
    assert kinds(moves((GREEN, 1000, 1900), (PEDAL, 1200, 1400))) == ["page", "next-item"]


EDGES = st.lists(
    st.tuples(st.sampled_from(Contact), st.booleans(), st.integers(1, 1200)), max_size=60
).map(
    lambda steps: [
        Edge(contact=contact, closed=closed, at_s=at_ms / 1000)
        for at_ms, (contact, closed, _) in zip(
            accumulate(step[2] for step in steps), steps, strict=True
        )
    ]
)


@settings(deadline=None)
@given(EDGES, st.lists(st.floats(0, 80), max_size=30))
def test_what_comes_out_does_not_depend_on_how_often_the_clock_is_read(edges, readings_s):
    expected = played(edges)
    hand, presses = Hand(SETTINGS), []

    for edge in edges:
        before = [at_s for at_s in sorted(readings_s) if at_s <= edge.at_s]
        for at_s in before:
            presses += hand.advance(at_s)
        presses += hand.edge(edge)

    assert presses + hand.advance(1000.0) == expected


@settings(deadline=None)
@given(EDGES)
def test_shots_are_never_closer_than_allowed_nor_more_than_the_contacts_made(edges):
    shots = [press.at_s for press in played(edges) if press.kind is PressKind.PAGE]
    closings = [edge.at_s for edge in edges if edge.contact is PEDAL and edge.closed]

    assert set(shots) <= set(closings)
    assert all(later - sooner >= 0.4 - 1e-9 for sooner, later in pairwise(shots))


@settings(deadline=None)
@given(EDGES)
def test_every_shot_stands_on_a_contact_that_stayed_closed(edges):
    pedal = [edge for edge in edges if edge.contact is PEDAL]

    for press in played(edges):
        if press.kind is PressKind.PAGE:
            opened = [e.at_s for e in pedal if not e.closed and e.at_s > press.at_s]
            assert min(opened, default=1000.0) - press.at_s >= 0.025 - 1e-9


@settings(deadline=None)
@given(EDGES)
def test_nothing_is_due_once_everything_is_done(edges):
    hand = Hand(SETTINGS)
    for edge in edges:
        hand.edge(edge)

    hand.advance(10_000.0)

    assert hand.deadline_s is None
