"""What the steps of a leadership group set off: seats taken and given up, rules adopted, what follows for posts."""

from typing import Any

from sqlalchemy import null, select, update

from app.models.group import GroupChange, GroupSeat, LeadershipGroup
from app.services.meeting.group.changing import refuse_stale
from app.services.meeting.group.seating import end_seat, seat, write_authority, write_units
from app.services.working import Work


def seat_members(work: Work) -> None:
    """Establish the group: from today its seats count, and its rules say what the leaders' posts may decide."""
    values: dict[str, Any] = {"established_on": work.today}
    document = work.values.get("document") or work.values.get("decision")
    if document:
        values["document"] = document
    _write(work, **values)
    _renew(work)


def apply_change(work: Work) -> None:
    """Make the change of members that waited: seats end and begin today.

    ConflictError when what it rests on is not there any more: a post was closed, a seat given to somebody else.
    """
    change = _waiting(work)
    refuse_stale(work.connection, work.item.id, change.lines, work.today)
    for line in change.lines:
        if line["op"] == "end":
            end_seat(work.connection, line["seat"], work.today)
    for line in change.lines:
        if line["op"] == "add":
            seat(work.connection, work.item.id, line["role"], line["post"], line.get("rank") or 1, work.today)
    _close(work, change.id, "made")
    work.values |= {"change": change.id, "lines": len(change.lines)}
    _renew(work)


def drop_change(work: Work) -> None:
    """Leave everything as it is; the change stays on record as refused or withdrawn."""
    change = _waiting(work)
    _close(work, change.id, "withdrawn" if work.step.action == "withdraw_change" else "refused")
    work.values["change"] = change.id


def adopt_rules(work: Work) -> None:
    """Put the rules of procedure that were proposed in force."""
    proposed = work.connection.execute(
        select(LeadershipGroup.procedure_proposed, LeadershipGroup.procedure).where(
            LeadershipGroup.item_id == work.item.id
        )
    ).one()
    if proposed.procedure_proposed is not None:
        work.values["was"] = dict(proposed.procedure)
        _write(work, procedure=proposed.procedure_proposed, procedure_proposed=null())
    write_authority(work.connection, work.today)


def drop_rules(work: Work) -> None:
    """Leave the rules as they are: what was proposed is refused, and kept in the history."""
    proposed = select(LeadershipGroup.procedure_proposed).where(LeadershipGroup.item_id == work.item.id)
    work.values["refused"] = work.connection.execute(proposed).scalar_one()
    _write(work, procedure_proposed=null())


def empty_seats(work: Work) -> None:
    """End all seats: the group is dissolved, and its rules bind nobody any more."""
    sitting = (GroupSeat.group_id == work.item.id) & GroupSeat.to_on.is_(None)
    work.connection.execute(update(GroupSeat).where(sitting).values(to_on=work.today))
    write_authority(work.connection, work.today)


def _renew(work: Work) -> None:
    work.item.support_ids = write_units(work.connection, work.item.id, work.today)
    work.readers_changed = True
    write_authority(work.connection, work.today)


def _waiting(work: Work) -> Any:  # noqa: ANN401  # a row
    return work.connection.execute(
        select(GroupChange.id, GroupChange.lines).where(
            GroupChange.group_id == work.item.id, GroupChange.outcome.is_(None)
        )
    ).one()


def _close(work: Work, change_id: int, outcome: str) -> None:
    values = {"outcome": outcome, "decided_by": work.acting.person_id, "decided_at": work.now}
    work.connection.execute(update(GroupChange).where(GroupChange.id == change_id).values(**values))


def _write(work: Work, **values: object) -> None:
    work.connection.execute(update(LeadershipGroup).where(LeadershipGroup.item_id == work.item.id).values(**values))
