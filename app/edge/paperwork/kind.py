"""What one kind of paper is: of what it tells, who may have it, what fills it and what draws it.

The catalogue names every kind once; the report centre offers them, issuing freezes them, the pages of items link them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.edge.context import Context, Unit
from app.policy.people import Actor
from reports.proof import Proof
from reports.wording import Lang, Text

Ending = Literal["pdf", "docx", "xlsx"]
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
    """

    data: Any
    data_at: datetime
    rule_set_id: int | None
    name: str


Fill = Callable[[Context, Unit, Actor, Ask, Lang], Filled]
#: (data, language, proof): the proof is given for what is issued, None for a working copy.
Draw = Callable[[Any, Lang, Proof | None], bytes]


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper.

    `allow` raises ForbiddenError for whoever may not have it at all; `fill` reads what this actor may read and raises
    NotFoundError, ConflictError (not in that state yet) or InvalidError (no such period). `template` is the version of
    its form, raised whenever its pages change. `items` names the kinds of items of an item's paper. `numbering` is the
    word of its document number when it is issued ("通报", …); None: the number is the item's own.
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
