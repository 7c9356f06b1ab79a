"""Who took which step of an item, in which post, for whom, and with what words.

A signature on paper is its signer's, of the day that stands on the paper, whoever entered and confirmed it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Person, Post
from app.models.record import History, PaperSignature
from app.queries.item import is_readable
from app.queries.paper.work import Names
from reports.project.inputs import Signed
from reports.wording import Text, Words
from workflows.calendar import Calendar

#: The step with which a signature on paper counts.
ON_PAPER = "confirm_paper"
_Behalf = aliased(Person, name="behalf")


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it was taken; `opinion` is what was said with it. `signed_on` is the day written on a paper."""

    action: str
    at: datetime
    role: str
    department_id: int | None
    post: Words | None
    who: str
    for_whom: str
    data: dict[str, Any]
    signed_on: date | None = None

    @property
    def opinion(self) -> str:
        """Return the opinion, reason or remark that goes with the step."""
        return next((str(self.data[key]) for key in ("opinion", "reason", "remark") if self.data.get(key)), "")

    def sign(self, label: Words, names: Names, calendar: Calendar) -> Signed:
        """Return the step as a paper lists it."""
        unit = None if self.department_id is None else names.say(self.department_id)
        on = self.signed_on or calendar.local_date(self.at)
        is_agreed = self.action in ("approve", "close", "endorse") or self.data.get("verdict") == "agree"
        return Signed(label, unit, self.post, self.who, self.opinion, on, self.for_whom, is_agreed)


def read_steps(connection: Connection, readers: Sequence[str], item_id: int) -> list[Step]:
    """Return the steps of an item in their order; none when none of `readers` may read it.

    One statement, a second one where there are signatures on paper.
    """
    rows: Any = connection.execute(
        select(
            History.action, History.occurred_at, History.acting_role, History.acting_department_id,
            Post.department_id, Post.title, Post.title_en, Person.name, _Behalf.name.label("behalf"), History.data,
        )
        .join(Item, Item.id == History.item_id)
        .join(Person, Person.id == History.actor_id)
        .outerjoin(Post, Post.id == History.acting_post_id)
        .outerjoin(_Behalf, _Behalf.id == History.on_behalf_of)
        .where(History.item_id == item_id, is_readable(readers))
        .order_by(History.seq)
    )  # fmt: skip
    steps = [
        Step(
            row.action, row.occurred_at, row.acting_role, row.acting_department_id or row.department_id,
            _name_post(row), row.name, row.behalf or "", row.data or {},
        )
        for row in rows
    ]  # fmt: skip
    papers = _read_papers(connection, [step.data["paper"] for step in steps if step.action == ON_PAPER])
    return [_sign_over(step, papers) if step.action == ON_PAPER else step for step in steps]


def _name_post(row: Any) -> Words | None:  # noqa: ANN401  # a row
    return None if row.title is None else Text(row.title, row.title_en or row.title)


def _read_papers(connection: Connection, ids: Sequence[int]) -> Mapping[int, Any]:
    """Return {paper: whose hand it is, in which post, of which day}."""
    if not ids:
        return {}
    rows = connection.execute(
        select(PaperSignature.id, PaperSignature.signed_on, Person.name, Post.department_id, Post.title, Post.title_en)
        .join(Person, Person.id == PaperSignature.person_id)
        .join(Post, Post.id == PaperSignature.post_id)
        .where(PaperSignature.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _sign_over(step: Step, papers: Mapping[int, Any]) -> Step:
    """Return the confirmation of a paper as the step of its signer."""
    row = papers[step.data["paper"]]
    return replace(
        step, who=row.name, for_whom="", department_id=row.department_id, post=_name_post(row), signed_on=row.signed_on
    )


def find_last(steps: Sequence[Step], *actions: str) -> Step | None:
    """Return the last step of one of the actions."""
    return next((step for step in reversed(steps) if step.action in actions), None)
