"""Who has the work and until when: re-assignment, the full period anew, a new date, sections."""

from datetime import date

from sqlalchemy import delete, func, select

from app.core.errors import Fault, InvalidError, Sentence
from app.models.item import Item, Support
from app.models.record import History
from app.services.supervision.departments import require_open, require_section
from app.services.working import FollowUp, Work

#: The steps that put a task on a department's table: its period counts from the last of them.
_GIVEN = ("assign", "rule", "reassign", "create")


def set_owner(work: Work) -> None:
    """Give the item to the department chosen, with nobody in charge yet; none chosen: it stays where it is."""
    department_id = work.values.get("department")
    if department_id is None:
        return
    if department_id == work.item.owner_department_id:
        if work.step.action == "reassign":
            said = Sentence(
                "该事项已由此部门承办，请选择其他部门。", "It has the item already; choose another department."
            )
            raise InvalidError([Fault("department", said)])
        return
    require_open(work.connection, department_id, work.today, "department")
    work.changes |= {"owner_department_id": department_id, "assignee_id": None, "section_id": None}
    work.readers_changed = True


def give_full_period(work: Work) -> None:
    """Count the whole period anew from today: the working days between the last hand-over and the due date then set.

    The new department answers for the new date, so what is scored moves along. A re-assignment that changes
    nothing of whose it is (a dispute refused) counts anew as well.
    """
    item = work.item
    if item.due_on is None:
        return
    calendar = work.book.calendar(work.connection, item.calendar_revision)
    given_at = work.connection.execute(
        select(func.max(History.occurred_at)).where(History.item_id == item.id, History.action.in_(_GIVEN))
    ).scalar_one()
    given_on = calendar.start_day(given_at) if given_at is not None else work.today
    period = max(1, calendar.workdays_between(given_on, item.due_on))
    start_on = calendar.start_day(work.now)
    new = calendar.add_workdays(start_on, period)
    work.changes |= {
        "due_on": new,
        "original_due_on": new,
        "due_source": "computed",
        "due_basis": {"from": start_on.isoformat(), "workdays": period},
    }


def renew_shares(work: Work) -> None:
    """Whoever now leads no longer supports: its support ends, and its open share is cancelled."""
    owner_id = work.item.owner_department_id
    gone = delete(Support).where(Support.item_id == work.item.id, Support.department_id == owner_id)
    if not work.connection.execute(gone).rowcount:
        return
    shares = work.connection.execute(
        select(Item.id).where(
            Item.parent_id == work.item.id,
            Item.kind == "share",
            Item.owner_department_id == owner_id,
            Item.closed_at.is_(None),
        )
    ).scalars()
    reason = "原配合单位改为牵头单位 / the supporting department now leads"
    work.follow_ups += [FollowUp(share_id, "cancel", {"reason": reason}) for share_id in shares]
    work.readers_changed = True


def set_due(work: Work) -> None:
    """Set a new due date, from today on; the original date stays, and scores use it."""
    new = work.values["new_due_on"]
    require_date(new, work.today, work.item.due_on)
    work.changes |= {"due_on": new, "due_source": "typed", "due_basis": None}


def require_date(new: date, today: date, old: date | None) -> None:
    """InvalidError at `new_due_on` unless the date is today or later and another than the present one."""
    if new < today:
        said = Sentence("新的期限不能早于今天。", "The new date must not lie before today.")
        raise InvalidError([Fault("new_due_on", said)])
    if new == old:
        raise InvalidError([Fault("new_due_on", Sentence("与现有期限相同。", "That is the present due date."))])


def set_section(work: Work) -> None:
    """Hand the work on to a section of the lead department, with nobody in charge yet.."""
    section_id = work.values["section"]
    require_section(work.connection, section_id, work.item.owner_department_id, work.today, "section")
    work.changes |= {"section_id": section_id, "assignee_id": None}
    work.readers_changed = True


def clear_section(work: Work) -> None:
    """Take the work back from the section; nobody is in charge until somebody is appointed."""
    work.changes |= {"section_id": None, "assignee_id": None}
    work.readers_changed = True
