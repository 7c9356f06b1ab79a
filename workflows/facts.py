"""What a guard may know about an item, a read-only view filled by the shell before it asks; and what a guard is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflows.meeting.facts import NO_MEETING, MeetingFacts
from workflows.money.facts import NO_MONEY, MoneyFacts
from workflows.words import Text

#: Rows besides the item's own that a guard reads; the transition locks them first. Money is read without a lock:
#: the posting itself is what holds the ledger's rows.
RestsOn = Literal[
    "parent",
    "children",
    "phases",
    "criteria",
    "sign_off",
    "supports",
    "requests",
    "urges",
    "slip",
    "request",
    "history",
    "money",
    "meeting",
]


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one item at one moment; counts are of rows that the shell has locked.

    `gates_left` counts the phases after the present one; `criteria_open` the acceptance criteria without an
    answer; `children_open` the open items directly below; `shares_open` the shares not yet accepted or cancelled;
    `requests_open` the kinds of requests that wait for a decision; `was_ruled` that a dispute was decided, or as many
    withdrawn as may be; `is_offices_own` that the office's own department asks; `is_leaders_matter` that only the
    leadership group decides.
    """

    state: str
    today: date
    due_on: date | None = None
    has_owner: bool = False
    support_count: int = 0
    parent_open: bool = True
    parent_suspended: bool = False
    children_open: int = 0
    shares_open: int = 0
    criteria_open: int = 0
    gates_left: int = 0
    sign_off_open: bool = False
    has_section: bool = False
    has_override: bool = False
    requests_open: frozenset[str] = frozenset()
    was_ruled: bool = False
    urged_today: int = 0
    urges_a_day: int = 1
    was_appealed: bool = False
    request_kind: str | None = None
    is_offices_own: bool = False
    is_leaders_matter: bool = False
    #: Earlier states to which the item may be returned, in the order of the table.
    earlier_states: tuple[str, ...] = ()
    money: MoneyFacts = NO_MONEY
    meeting: MeetingFacts = NO_MEETING

    @property
    def is_overdue(self) -> bool:
        """Whether the due date has passed (the day itself still counts as in time)."""
        return self.due_on is not None and self.due_on < self.today


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the facts; `says` tells why the step is closed when it does not hold."""

    code: str
    says: Text
    holds: Callable[[Facts], bool]
    rests_on: frozenset[RestsOn] = frozenset()
