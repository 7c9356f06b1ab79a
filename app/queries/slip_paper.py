"""Fills the printed papers: a slip as it was issued, a reminder as it was raised; only for who may read its matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.escalation import Episode, Escalation
from app.models.item import Item, Support
from app.models.organisation import Department
from app.models.supervision import Slip
from app.queries.department import name_departments
from app.queries.item import is_readable
from reports.slip import SlipPaper, Text
from reports.wording import Words
from workflows.calendar import Calendar
from workflows.machine import Cause
from workflows.slip import APPROACHING, DEMANDS, GROUNDS, REMINDER

_KINDS = {
    "project": Text("项目", "Project"), "task": Text("任务", "Task"), "share": Text("分工", "Share"),
    "request": Text("申请", "Request"), "slip": Text("督办单", "Notice"),
}  # fmt: skip
_NOBODY = Text("未定单位", "no department yet")
_Above = aliased(Item, name="above")
_Lead = aliased(Department, name="lead")


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose papers they are, in whose zone, by whose calendar."""

    city: Text
    office: Text
    calendar: Calendar

    @property
    def zone(self) -> ZoneInfo:
        """The city's zone."""
        return self.calendar.zone


@dataclass(frozen=True, slots=True)
class _Matter:
    id: int
    kind: str
    number: str | None
    title: str
    due_on: date | None
    original_due_on: date | None
    lead_id: int | None
    lead_name: str | None
    lead_name_en: str | None
    above_kind: str | None
    above_id: int | None
    above_number: str | None
    above_title: str | None


def read_slip_paper(connection: Connection, issuer: Issuer, readers: Sequence[str], slip_id: int) -> SlipPaper:
    """Return what a slip prints; NotFoundError when there is none or none of `readers` may read it.

    What it rests on is printed as it was when the slip was made.
    """
    row: Any = connection.execute(
        select(
            Slip.level, Slip.cause, Slip.issued_at, Slip.demand, Slip.basis, Item.number, Item.due_on,
            Item.original_due_on, Item.created_at, Item.parent_id, Item.owner_department_id, Department.name,
            Department.name_en,
        )
        .join(Item, Item.id == Slip.item_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(Item.id == slip_id, is_readable(readers))
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError
    matter = _read_matter(connection, row.parent_id)
    basis = row.basis
    made_at = (row.issued_at or row.created_at).astimezone(issuer.zone)
    names = _Names(connection, made_at.date(), matter, row.owner_department_id)
    demand = row.demand.splitlines() if row.demand else [_own(DEMANDS[Cause(row.cause)])]
    return SlipPaper(
        level=row.level,
        city=issuer.city,
        office=issuer.office,
        number=row.number,
        is_draft=row.issued_at is None,
        made_at=made_at,
        department=names.say(row.owner_department_id, row.name, row.name_en),
        **_tell_matter(matter, names),
        due_on=_day(basis.get("due_on")),
        original_due_on=_day(basis.get("original_due_on")),
        ground=_own(GROUNDS[Cause(row.cause)]),
        since_on=date.fromisoformat(basis["base_on"]),
        late_workdays=int(basis["late_workdays"]),
        state=Text(basis["state_zh"], _begin(basis["state_en"])),
        demand=tuple(line for line in demand if not isinstance(line, str) or line.strip()),
        answer_by=(row.due_on or row.original_due_on) if row.issued_at else None,
        identifier=f"slip:{slip_id}",
    )


def read_reminder(
    connection: Connection, issuer: Issuer, readers: Sequence[str], rung_id: int, state: Text
) -> SlipPaper:
    """Return what the reminder of a rung of level 1 prints; NotFoundError for any other rung, or one not readable.

    `state` is the matter's present state.
    """
    row: Any = connection.execute(
        select(Escalation.cause, Escalation.raised_at, Escalation.item_id, Episode.base_on)
        .join(Episode, Episode.id == Escalation.episode_id)
        .join(Item, Item.id == Escalation.item_id)
        .where(Escalation.id == rung_id, Escalation.level == 1, is_readable(readers))
    ).first()
    if row is None:
        raise NotFoundError
    matter = _read_matter(connection, row.item_id)
    raised_on = issuer.calendar.local_date(row.raised_at)
    is_ahead = row.cause == Cause.DUE.value and raised_on <= row.base_on
    cause = Cause(row.cause)
    names = _Names(connection, raised_on, matter)
    return SlipPaper(
        level=1,
        city=issuer.city,
        office=issuer.office,
        number=None,
        is_draft=False,
        made_at=row.raised_at.astimezone(issuer.zone),
        department=names.say(matter.lead_id, matter.lead_name, matter.lead_name_en),
        **_tell_matter(matter, names),
        due_on=matter.due_on,
        original_due_on=matter.original_due_on,
        ground=_own(APPROACHING if is_ahead else GROUNDS[cause]),
        since_on=row.base_on,
        late_workdays=max(0, issuer.calendar.workdays_between(row.base_on, raised_on)),
        state=_own(state),
        demand=(_own(REMINDER if is_ahead else DEMANDS[cause]),),
        answer_by=None,
        identifier=f"reminder:{rung_id}",
    )


def find_rung_item(connection: Connection, rung_id: int) -> int | None:
    """Return the id of the item that a rung of level 1 is about; whether it may be read is still to be asked."""
    statement = select(Escalation.item_id).where(Escalation.id == rung_id, Escalation.level == 1)
    return connection.execute(statement).scalar_one_or_none()


def find_last_reminder(connection: Connection, item_id: int) -> int | None:
    """Return the id of the last rung of level 1 that an item which the caller was shown has reached."""
    statement = select(Escalation.id).where(Escalation.item_id == item_id, Escalation.level == 1)
    return connection.execute(statement.order_by(Escalation.id.desc()).limit(1)).scalar_one_or_none()


def _read_matter(connection: Connection, item_id: int) -> _Matter:
    row: Any = connection.execute(
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.due_on, Item.original_due_on, _Lead.id, _Lead.name,
            _Lead.name_en, _Above.kind, _Above.id, _Above.number, _Above.title,
        )
        .outerjoin(_Lead, _Lead.id == Item.owner_department_id)
        .outerjoin(_Above, _Above.id == Item.parent_id)
        .where(Item.id == item_id)
    ).one()  # fmt: skip
    return _Matter(*row)


class _Names:
    """What the departments on a paper were called on its day; a rename changes no paper that was issued before."""

    def __init__(self, connection: Connection, on: date, matter: _Matter, *more: int | None) -> None:
        self.supports: Any = connection.execute(
            select(Department.id, Department.name, Department.name_en)
            .join(Support, Support.department_id == Department.id)
            .where(Support.item_id == matter.id)
            .order_by(Department.sort_key, Department.id)
        ).all()
        ids = {matter.lead_id, *more, *(row[0] for row in self.supports)} - {None}
        self._then = name_departments(connection, [number for number in ids if number is not None], on)

    def say(self, department_id: int | None, name: str | None, name_en: str | None) -> Text:
        """Return the department's name of that day, in English the present one."""
        if department_id is None or name is None:
            return _NOBODY
        then = self._then.get(department_id, name)
        return Text(then, name_en or then)


def _tell_matter(matter: _Matter, names: _Names) -> dict[str, Any]:
    above: Words | None = None
    if matter.above_id is not None and matter.above_kind is not None:
        number = _number(matter.above_kind, matter.above_id, matter.above_number)
        above = Text(f"{number.zh}　{matter.above_title}", f"{number.en}, {matter.above_title}")
    return {
        "matter": matter.title,
        "matter_number": _number(matter.kind, matter.id, matter.number),
        "above": above,
        "lead": names.say(matter.lead_id, matter.lead_name, matter.lead_name_en),
        "supports": tuple(names.say(*row) for row in names.supports),
    }


def _number(kind: str, item_id: int, number: str | None) -> Text:
    name = _KINDS[kind]
    return Text(number or f"{name.zh}{item_id}", number or f"{name.en} {item_id}")


def _own(text: Any) -> Text:  # noqa: ANN401  # a text of the rules
    return Text(text.zh, _begin(text.en))


def _begin(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
