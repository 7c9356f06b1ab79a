"""What guards may know about a leadership group, a meeting, a topic or a decision."""

from dataclasses import dataclass
from datetime import date

from workflows.words import Text


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """The facts of one item of these kinds at one moment; what does not belong to its kind keeps its default.

    Of a group: `has_leader` among its seats, `seats`, whether a change waits (`change_waits`) or rules of procedure do
    (`rules_wait`), how many working groups and meetings ahead are `under_it`.
    Of a meeting: `topics` on its agenda, `topics_waiting` that the office has not settled, `topics_open` without an
    outcome, `invited` people, of whom `unmarked` sit in the group and nobody noted whether they came, whether its group
    stands, `quorum_missing` says what is missing to meet (None: nothing), `gaps` of its minutes (decisions without lead
    or due date), `comments_open` that the office has not answered, `decisions_open`, `cosign_until_on`.
    Of a topic: the state of its meeting (`is_frozen`: the notice is out; `is_held`: it is being held; `is_full`: it has
    as many topics as its rules allow), the last day on which topics are taken (`cutoff_on`), `objections`: why the
    standing orders keep it away, in order.
    Of a decision: `has_task`, `is_information`, and what is missing (`gaps`).
    """

    has_leader: bool = False
    seats: int = 0
    change_waits: bool = False
    rules_wait: bool = False
    under_it: int = 0
    starts_on: date | None = None
    topics: int = 0
    topics_waiting: int = 0
    topics_open: int = 0
    has_chair: bool = False
    invited: int = 0
    unmarked: int = 0
    group_stands: bool = True
    comments_open: int = 0
    quorum_missing: Text | None = None
    gaps: int = 0
    decisions_open: int = 0
    cosign_until_on: date | None = None
    is_frozen: bool = False
    is_held: bool = False
    is_planned: bool = False
    is_full: bool = False
    cutoff_on: date | None = None
    objections: tuple[str, ...] = ()
    is_information: bool = False
    has_task: bool = False


#: Of an item that has nothing to do with meetings.
NO_MEETING = MeetingFacts()
