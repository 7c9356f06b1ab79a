"""One task becomes several, or goes into another; both leave a closed task with its links and its history."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.models.item import Item, NamedReader, Support, Task
from app.policy import access
from app.policy.people import find_actor
from app.services.entering import NewItem, enter_items
from app.services.linking import lay_links
from app.services.supervision.departments import require_open
from app.services.working import FollowUp, Work


def split_parts(work: Work) -> None:
    """Make a task of every part, assign it, and link it to the task that it came from; all or none."""
    parts = work.values["parts"]
    faults: list[Fault] = []
    for number, part in enumerate(parts, 1):
        place = f"parts[{number}]"
        try:
            require_open(work.connection, part["department"], work.today, f"{place}.department")
        except InvalidError as error:
            faults += error.faults
        if part["due_on"] < work.today:
            said = Sentence("期限不能早于今天。", "The due date must not lie before today.")
            faults.append(Fault(f"{place}.due_on", said))
    if faults:
        raise InvalidError(faults)
    source = _read_source(work.connection, work.item.id)
    # Parts stand beside the whole, not below it: whoever was named to read it is named again.
    named = select(NamedReader.person_id).where(NamedReader.item_id == work.item.id).order_by(NamedReader.person_id)
    readers = work.connection.execute(named).scalars().all()
    new = [
        NewItem(
            kind="task",
            title=part["title"],
            parent_id=work.item.parent_id,
            owner_department_id=part["department"],
            due_on=part["due_on"],
            urgency=source["urgency"],
            report_rhythm=source["report_rhythm"],
            confidential=work.item.confidential,
            reader_ids=readers,
            details={
                "source_kind": source["source_kind"],
                "source_reference": source["source_reference"],
                "source_document_id": source["source_document_id"],
                "requirement": part.get("requirement") or source["requirement"],
            },
            note={"split_from": work.item.id},
        )
        for part in parts
    ]
    ids = enter_items(work.connection, work.book, work.acting, work.now, new, source=work.source)
    lay_links(work.connection, [(item_id, work.item.id) for item_id in ids], "split_from")
    work.follow_ups += [FollowUp(item_id, "assign") for item_id in ids]


def _read_source(connection: Connection, item_id: int) -> dict[str, Any]:
    statement = (
        select(Item.urgency, Item.report_rhythm, Task.source_kind, Task.source_reference, Task.source_document_id,
               Task.requirement)
        .join(Task, Task.item_id == Item.id)
        .where(Item.id == item_id)
    )  # fmt: skip
    return dict(connection.execute(statement).mappings().one())


def merge_into(work: Work) -> None:
    """Link the task to the open task that takes it in; that one gains its department as a supporter."""
    into = work.values["into"]
    row = work.connection.execute(
        select(Item.kind, Item.closed_at, Item.title, Item.confidential).where(Item.id == into)
    ).first()
    actor = find_actor(work.connection, work.acting.person_id, work.today, work.now)
    if row is None or actor is None or not access.can_read(work.connection, actor.readers, into):
        said = Sentence(f"没有编号为{into}的任务。", f"There is no task with the id {into}.")
        raise InvalidError([Fault("into", said)])
    if row.kind != "task" or into == work.item.id:
        said = Sentence("只能并入另一项任务。", "It can only go into another task.")
        raise InvalidError([Fault("into", said)])
    if row.closed_at is not None:
        said = Sentence(f"“{row.title}”已办结，不能并入。", f"{row.title!r} is closed and takes in nothing.")
        raise InvalidError([Fault("into", said)])
    if work.item.confidential and not row.confidential:
        # Its title goes on in the other's share and history, which whole departments read.
        said = Sentence(
            "限定范围的任务只能并入同为限定范围的任务。", "A restricted task goes into another restricted one only."
        )
        raise InvalidError([Fault("into", said)])
    lay_links(work.connection, [(work.item.id, into)], "merged_into")
    work.follow_ups.append(FollowUp(into, "absorb", {"note": work.item.title, "merged_id": work.item.id}))


def take_in(work: Work) -> None:
    """Make the lead department of the merged task a supporter of this one, with a share once it is assigned."""
    merged_id = work.values["merged_id"]
    department_id, title, due_on = work.connection.execute(
        select(Item.owner_department_id, Item.title, Item.due_on).where(Item.id == merged_id)
    ).one()
    if department_id is None or department_id in {work.item.owner_department_id, *work.item.support_ids}:
        return
    work.connection.execute(
        insert(Support).values(item_id=work.item.id, department_id=department_id, owes=title, due_on=due_on)
    )
    work.item.support_ids |= {department_id}
    work.readers_changed = True
    if work.item.state == work.machine.start:
        return
    share = NewItem(
        kind="share",
        title=title,
        parent_id=work.item.id,
        owner_department_id=department_id,
        due_on=due_on,
        confidential=work.item.confidential,
        details={"deliverable": title},
        note={"merged_from": merged_id},
    )
    enter_items(work.connection, work.book, work.acting, work.now, [share], source=work.source)
