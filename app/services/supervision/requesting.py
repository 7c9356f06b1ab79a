"""Requests: filed by a step on their subject, decided as items of their own, carried out on the subject.

Clock rules: an extension holds the due ladder at its rung while it is decided, three working days at most;
refused, the ladder goes on from the old date. A dispute stops the receipt clock until it is ruled.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import TITLE_MAX
from app.models.escalation import Episode
from app.models.item import Item
from app.models.supervision import SupervisionRequest
from app.services.entering import NewItem, enter_items
from app.services.loading import load
from app.services.recording import write_outbox
from app.services.rulebook import Rulebook
from app.services.supervision.departments import require_open
from app.services.supervision.handing import require_date
from app.services.working import FollowUp, Work
from workflows.machine import Cause
from workflows.request import REQUEST_LABELS
from workflows.roles import LEAD_HEAD, Duty
from workflows.span import workdays


def _file(work: Work, kind: str, details: dict[str, Any]) -> None:
    """Enter the request below its subject; the head's own goes straight on to the office."""
    item = work.item
    calendar = work.book.calendar(work.connection, item.calendar_revision)
    limit = work.book.rules(work.connection, item.rule_set_id).terms.request_decision
    start_on = calendar.start_day(work.now)
    due_on = calendar.add_workdays(start_on, limit.count)
    title = f"{REQUEST_LABELS[kind].zh}：{item.title}"
    new = NewItem(
        kind="request",
        title=title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1] + "…",
        parent_id=item.id,
        owner_department_id=item.owner_department_id,
        due_on=due_on,
        due_basis={"from": start_on.isoformat(), "workdays": limit.count},
        confidential=item.confidential,
        details={"request_kind": kind, "reason": work.values["reason"], "old_due_on": item.due_on, **details},
    )
    request_id = enter_items(work.connection, work.book, work.acting, work.now, [new], source=work.source)[0]
    duty = work.acting.capacity.duty if work.acting.capacity else None
    if duty in (Duty.HEAD, Duty.OFFICE):
        work.follow_ups.append(FollowUp(request_id, "pass_on"))
    else:
        filed = load(work.connection, request_id)
        payload = {"title": filed.title, "reason": work.values["reason"]}
        write_outbox(work.connection, filed, (LEAD_HEAD,), filed.place, work.now, topic="request.create",
                     payload=payload)  # fmt: skip
    if kind == "extension":
        _hold(work, calendar.rung_at(due_on, workdays(1)))


def file_extension(work: Work) -> None:
    """Ask for more time; the due ladder is held while it is decided."""
    new = work.values["new_due_on"]
    require_date(new, work.today, work.item.due_on)
    if work.item.due_on is not None and new < work.item.due_on:
        said = Sentence("延期后的期限须晚于现有期限。", "More time ends after the present due date.")
        raise InvalidError([Fault("new_due_on", said)])
    _file(work, "extension", {"new_due_on": new, "progress": work.values.get("progress")})


def file_suspension(work: Work) -> None:
    """Ask to suspend the item."""
    _file(work, "suspension", {})


def file_resumption(work: Work) -> None:
    """Ask to resume the item, with a new due date if one is wanted."""
    new = work.values.get("new_due_on")
    if new is not None:
        require_date(new, work.today, None)
    _file(work, "resumption", {"new_due_on": new})


def file_dispute(work: Work) -> None:
    """Hold that the task is not the department's; it may name whose it is."""
    _file(work, "dispute", {"department_id": _read_department(work)})


def file_reassignment(work: Work) -> None:
    """Ask that another department take the task over."""
    _file(work, "reassignment", {"department_id": _read_department(work)})


def _read_department(work: Work) -> int | None:
    department_id: int | None = work.values.get("department")
    if department_id is None:
        return None
    if department_id == work.item.owner_department_id:
        said = Sentence("不能建议由本单位承办。", "It is the department that has it already.")
        raise InvalidError([Fault("department", said)])
    require_open(work.connection, department_id, work.today, "department")
    return department_id


def file_light(work: Work) -> None:
    """Ask that the light be set by hand until a day."""
    if work.values["until_on"] < work.today:
        said = Sentence("截止日期不能早于今天。", "It must hold until today at least.")
        raise InvalidError([Fault("until_on", said)])
    _file(work, "light", {"light": work.values["light"], "until_on": work.values["until_on"]})


def grant_request(work: Work) -> None:
    """Carry the approved request out on its subject: what was granted, else what was asked."""
    row = _read(work.connection, work.item.id)
    due_on = work.values.get("new_due_on") or row["new_due_on"]
    department_id = work.values.get("department") or row["department_id"]
    if department_id is None and row["request_kind"] in ("dispute", "reassignment"):
        said = Sentence("请指定承办单位。", "Say which department is to have it.")
        raise InvalidError([Fault("department", said)])
    if work.values.get("new_due_on") is not None:
        require_date(work.values["new_due_on"], work.today, None)
    granted = {"granted_due_on": due_on, "granted_department_id": department_id}
    mine = SupervisionRequest.item_id == work.item.id
    work.connection.execute(update(SupervisionRequest).where(mine).values(**granted))
    action, values = _GRANTS[row["request_kind"]](work, row, due_on, department_id)
    work.follow_ups.append(FollowUp(row["subject_id"], action, values))


def _read(connection: Connection, request_id: int) -> dict[str, Any]:
    columns = SupervisionRequest.__table__.columns
    statement = select(*columns, Item.parent_id.label("subject_id")).join(Item, Item.id == SupervisionRequest.item_id)
    return dict(connection.execute(statement.where(Item.id == request_id)).mappings().one())


Grant = Callable[[Work, dict[str, Any], Any, int | None], tuple[str, dict[str, Any]]]


def _reason(row: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401  # a step's values
    return {"reason": row["reason"], "request_id": row["item_id"], **{k: v for k, v in more.items() if v is not None}}


def _grant_text(request_id: int) -> str:
    return f"批准暂缓申请（编号{request_id}） / suspension granted on request {request_id}"


_GRANTS: dict[str, Grant] = {
    "extension": lambda _, row, due_on, __: ("extend", _reason(row, new_due_on=due_on)),
    "suspension": lambda work, row, *_: (
        "suspend", _reason(row, decision=work.values.get("opinion") or _grant_text(row["item_id"])),
    ),
    "resumption": lambda _, row, due_on, __: ("resume", _reason(row, new_due_on=due_on)),
    "dispute": lambda _, row, __, department_id: ("rule", _reason(row, department=department_id)),
    "reassignment": lambda _, row, __, department_id: ("reassign", _reason(row, department=department_id)),
    "light": lambda _, row, *__: ("override_light", _reason(row, light=row["light"], until_on=row["until_on"])),
}  # fmt: skip


def release_subject(work: Work) -> None:
    """Let the subject go on as before: the ladder from its old date, a disputed task back to its department."""
    row = _read(work.connection, work.item.id)
    if row["request_kind"] == "extension":
        release(work.connection, work.book, row["subject_id"])
    elif row["request_kind"] == "dispute":
        # Withdrawn, nothing was ruled; refused, the ruling says that the task stays.
        action = "drop_dispute" if work.step.action == "withdraw" else "rule"
        work.follow_ups.append(FollowUp(row["subject_id"], action, {"request_id": row["item_id"]}))


def _hold(work: Work, until: datetime) -> None:
    """Hold the due ladder of the item at its rung until then."""
    for episode_id, next_at in _running(work.connection, work.item.id):
        held = {"held_until": until, "next_at": max(next_at, until)}
        work.connection.execute(update(Episode).where(Episode.id == episode_id).values(**held))


def _running(connection: Connection, item_id: int) -> list[tuple[int, datetime]]:
    rows = connection.execute(
        select(Episode.id, func.coalesce(Episode.next_at, Episode.opened_at))
        .where(
            Episode.item_id == item_id,
            Episode.cause == Cause.DUE.value,
            Episode.ended_at.is_(None),
            Episode.next_at.is_not(None),
        )
        .order_by(Episode.id)
        .with_for_update()
    )
    return [(row[0], row[1]) for row in rows]


def release(connection: Connection, book: Rulebook, item_id: int) -> None:
    """Have a held due ladder go on from its old date; rungs passed meanwhile are raised by the next sweep."""
    rows = connection.execute(
        select(Episode.id, Episode.base_on, Episode.next_level, Item.kind, Item.rule_set_id)
        .join(Item, Item.id == Episode.item_id)
        .where(
            Episode.item_id == item_id,
            Episode.cause == Cause.DUE.value,
            Episode.ended_at.is_(None),
            Episode.held_until.is_not(None),
        )
        .order_by(Episode.id)
    ).all()
    calendar = book.calendar(connection)
    for row in rows:
        ladder = book.rules(connection, row.rule_set_id).ladders[row.kind, Cause.DUE]
        plan = {rung.level: rung.at for rung in book.plan(calendar, ladder, row.base_on)}
        freed = {"held_until": None, "next_at": plan.get(row.next_level) if row.next_level is not None else None}
        connection.execute(update(Episode).where(Episode.id == row.id).values(**freed))
