"""What one kind of paper is: of what it tells, who may have it, what fills it and what draws it.

The catalogue names every kind once; the report centre offers them, issuing freezes them, the pages of items link them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.edge.context import Context, Unit
from app.policy.people import Actor
from reports.proof import Proof
from reports.wording import Lang, Text

Ending = Literal["pdf", "docx", "xlsx"]
#: By ending, what kind of file it is.
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: Of what a paper tells: the whole city, one department, one item of the kinds in `PaperKind.items`, one fund.
Scope = Literal["city", "department", "item", "fund"]
Period = Literal["none", "month", "year"]


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants: `scope_id` (None: the whole city) and `period` (YYYY-MM, YYYY, None) as the kind needs."""

    scope_id: int | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A paper's data, one frozen value from which every ending is drawn, so that figures cannot differ between them.

    `data_at` is the instant of the data, `rule_set_id` the rules in force for it (None: no rules take part), `name` the
    plain part of the file's name, without ending and language.

    What an item's paper says besides when it is frozen: `number`, the item's own; `edition`, which state of the item is
    printed ("" : none that is issued, so nothing is frozen); `issued_at`, when that state was reached, and `step`, the
    place in the item's history of the step that issued it (None: the last one up to then); `tells_of`, the items beside
    its own that stand in it: whoever may not read one of them gets an extract. `reason` says why it replaces the one
    before, where the step asked for it. `is_kept`: the data were written down at `data_at`; others are read when the
    paper is frozen, and say so. `title` and `issuer` where they are not the kind's name with the item's title, and the
    office.
    """

    data: Any
    data_at: datetime
    rule_set_id: int | None
    name: str
    number: str = ""
    edition: str = ""
    issued_at: datetime | None = None
    tells_of: tuple[int, ...] = ()
    title: Text | None = None
    issuer: Text | None = None
    step: int | None = None
    reason: str | None = None
    is_kept: bool = False


Fill = Callable[[Context, Unit, Actor, Ask, Lang], Filled]
#: (data, language, proof): the proof is given for what is issued, None for a working copy. What draws a paper that a
#: step of an item issues takes `state=`, too: the mark of one that is not whole, such as an extract.
Draw = Callable[[Any, Lang, Proof | None], bytes]
#: A paper that waits, with its place in the list of those of its kind.
Waiting = tuple[int, Ask]
#: (context, unit, place): the next page of what waits behind a place, in the order of places; none: the end.
FindWaiting = Callable[[Context, Unit, int], Sequence[Waiting]]


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper.

    `allow` raises ForbiddenError for whoever may not have it at all; `fill` reads what this actor may read and raises
    NotFoundError, ConflictError (not in that state yet) or InvalidError (no such period). `template` is the version of
    its form, raised whenever its pages change. `items` names the kinds of items of an item's paper. `numbering` is the
    word of its document number when it is issued ("通报", …); None: the number is the item's own. `draw` gets the data
    that `fill` made for the language.
    """

    name: str
    label: Text
    scope: Scope
    period: Period
    template: int
    allow: Callable[[Actor], None]
    fill: Fill
    draw: Mapping[Ending, Draw]
    items: tuple[str, ...] = ()
    numbering: Text | None = None
    #: For papers that a step of the item's workflow issues: those that are issued and may not be frozen yet.
    find_waiting: FindWaiting | None = None
    #: For papers whose earlier states are kept, so that any of them may be frozen (editions count up): those before
    #: what is asked that are not frozen and come first, in their order.
    find_earlier: Callable[[Unit, Ask], Sequence[Ask]] | None = None
