"""From the edges of three contacts to presses: pure, on the kernel's timestamps.

A contact counts as closed once it has stayed closed for `closed_ms`, as open once it has stayed
open for `released_ms`: whatever bounces in between is one movement. On top of that the hand:

- pedal: one page a movement, at least `between_shots_ms` after the last; held, it never repeats;
- green or yellow: short on release, long once it has been held for `long_press_ms`;
- both together for `power_off_ms`: power off, and nothing else until both are released.

Times are seconds of CLOCK_MONOTONIC. What comes out does not depend on how often `advance` is
called in between, only on the edges.
"""

from __future__ import annotations

import enum
from collections.abc import Collection

from firmware_config.schema import Controls
from station.model import Noun, Press, PressKind


class Contact(enum.StrEnum):
    """What the operator can touch."""

    PEDAL = "pedal"
    GREEN = "green"
    YELLOW = "yellow"


class Edge(Noun, frozen=True, kw_only=True):
    """A contact closed or opened, as the kernel saw it."""

    contact: Contact
    closed: bool
    at_s: float


SHORT = {Contact.GREEN: PressKind.NEXT_ITEM, Contact.YELLOW: PressKind.RETAKE}
LONG = {Contact.GREEN: PressKind.CLOSE_BATCH, Contact.YELLOW: PressKind.BLANK}


class Debounced:
    """One contact without its bounce. `since_s` is when the present state began."""

    def __init__(self, closed_s: float, released_s: float, closed: bool) -> None:
        self._settle_s = {True: closed_s, False: released_s}
        self._raw = self.closed = closed
        self._raw_since_s = self.since_s = 0.0

    def edge(self, closed: bool, at_s: float) -> None:
        """The contact moved; a repeated edge of the same sense says nothing new."""
        if closed != self._raw:
            self._raw, self._raw_since_s = closed, at_s

    @property
    def settles_at_s(self) -> float | None:
        """When the movement under way will count, if nothing else happens."""
        if self._raw == self.closed:
            return None
        return self._raw_since_s + self._settle_s[self._raw]

    def settle(self) -> None:
        """The movement counts."""
        self.closed, self.since_s = self._raw, self._raw_since_s


class Hand:
    """The three contacts together: give it edges and the time, take presses.

    `held` are closed at the start: that is no press, and they must be released first.
    """

    def __init__(self, settings: Controls, held: Collection[Contact] = ()) -> None:
        self._between_s = settings.between_shots_ms / 1000
        self._long_s = settings.long_press_ms / 1000
        self._power_off_s = settings.power_off_ms / 1000
        self._contacts = {
            contact: Debounced(
                settings.closed_ms / 1000, settings.released_ms / 1000, contact in held
            )
            for contact in Contact
        }
        self._last_shot_s = float("-inf")
        self._spent: set[Contact] = set(held)
        self._chord = self._chord_spent = False

    def edge(self, edge: Edge) -> list[Press]:
        """Take one edge; the presses that it, and the time until it, complete."""
        presses = self.advance(edge.at_s)
        self._contacts[edge.contact].edge(edge.closed, edge.at_s)
        return presses

    def advance(self, now_s: float) -> list[Press]:
        """The presses completed up to `now_s`, in order."""
        presses: list[Press] = []
        while (due := self._next()) is not None and due[0] <= now_s:
            presses += self._happen(due[1])
        return presses

    @property
    def deadline_s(self) -> float | None:
        """When `advance` will next have something to do without another edge."""
        due = self._next()
        return None if due is None else due[0]

    def _next(self) -> tuple[float, Contact | None] | None:
        """What comes next without an edge: a contact that settles or is held long, or the chord."""
        due: list[tuple[float, Contact | None]] = [
            (at_s, contact)
            for contact in Contact
            if (at_s := self._contact_due_s(contact)) is not None
        ]
        if self._chord and not self._chord_spent and all(map(self._at_rest, SHORT)):
            due.append((self._both_since_s() + self._power_off_s, None))
        return min(due, key=lambda entry: entry[0], default=None)

    def _contact_due_s(self, contact: Contact) -> float | None:
        state = self._contacts[contact]
        if state.settles_at_s is not None:
            # Also for a button about to be long: a finger that is leaving may have left in time.
            return state.settles_at_s
        if state.closed and contact in LONG and contact not in self._spent and not self._chord:
            return state.since_s + self._long_s
        return None

    def _happen(self, contact: Contact | None) -> list[Press]:
        if contact is None:
            self._chord_spent = True
            return [Press(kind=PressKind.POWER_OFF, at_s=self._both_since_s())]
        state = self._contacts[contact]
        if state.settles_at_s is None:
            self._spent.add(contact)
            return [Press(kind=LONG[contact], at_s=state.since_s)]
        closed_at_s = state.since_s
        state.settle()
        return self._down(contact) if state.closed else self._up(contact, closed_at_s)

    def _down(self, contact: Contact) -> list[Press]:
        at_s = self._contacts[contact].since_s
        if contact is Contact.PEDAL:
            if at_s < self._last_shot_s + self._between_s:
                return []
            self._last_shot_s = at_s
            return [Press(kind=PressKind.PAGE, at_s=at_s)]
        self._chord = self._chord or all(map(self._held, SHORT))
        return []

    def _up(self, contact: Contact, closed_at_s: float) -> list[Press]:
        if contact is Contact.PEDAL:
            return []
        spent = contact in self._spent or self._chord
        self._spent.discard(contact)
        if not any(map(self._held, SHORT)):
            self._chord = self._chord_spent = False
        return [] if spent else [Press(kind=SHORT[contact], at_s=closed_at_s)]

    def _held(self, contact: Contact) -> bool:
        return self._contacts[contact].closed

    def _at_rest(self, contact: Contact) -> bool:
        state = self._contacts[contact]
        return state.closed and state.settles_at_s is None

    def _both_since_s(self) -> float:
        return max(self._contacts[contact].since_s for contact in SHORT)
