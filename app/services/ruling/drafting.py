"""Drafts of changes: proposed, edited, withdrawn. A draft changes nothing until somebody else publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import clean
from app.models.rule import RuleChange
from app.services.act import Act
from app.services.ruling.values import Newest, check_changes, read_newest, refuse_ended

REASON_MAX = 300
#: How far ahead a version may take effect.
AHEAD_MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a draft proposes: new values by key, why, from which day (None: from the day of publishing)."""

    changes: Mapping[str, str]
    reason: str
    effective_on: date | None = None


def draft_change(act: Act, proposal: Proposal) -> int:
    """Store a draft and return its id; the same one sent twice by one person is there once.

    InvalidError with every fault: in a value, in the whole that it would make, in reason and day.
    """
    newest = read_newest(act.connection)
    values = _check(act, newest, proposal)
    twin = _find_twin(act, values)
    if twin is not None:
        return twin
    person_id = act.acting.person_id
    row = {
        **values, "version": 1, "authors": sorted(people_of(act)), "drafted_by": person_id, "drafted_at": act.now,
        "edited_by": person_id, "edited_at": act.now,
    }  # fmt: skip
    change_id = int(act.connection.execute(insert(RuleChange).values(row).returning(RuleChange.id)).scalar_one())
    act.audit("rules.draft", f"rule_change:{change_id}", before=_old(newest, values), after=_new(values))
    return change_id


def edit_change(act: Act, change_id: int, version: int | None, proposal: Proposal) -> int:
    """Save a draft anew, against the newest rules, and return its new version.

    StaleError when somebody saved meanwhile, ConflictError when it has ended, InvalidError as for a new one.
    """
    row = lock_change(act.connection, change_id, version)
    newest = read_newest(act.connection)
    values = _check(act, newest, proposal)
    authors = sorted({*row.authors, *people_of(act)})
    act.connection.execute(
        update(RuleChange)
        .where(RuleChange.id == change_id)
        .values(**values, version=row.version + 1, authors=authors, edited_by=act.acting.person_id, edited_at=act.now)
    )
    act.audit("rules.draft", f"rule_change:{change_id}", before={"changes": row.changes}, after=_new(values))
    return int(row.version) + 1


def withdraw_change(act: Act, change_id: int, version: int | None, note: str) -> None:
    """End a draft without effect; InvalidError without a reason, else as `edit_change`."""
    lock_change(act.connection, change_id, version)
    said = read_reason("note", note)
    act.connection.execute(
        update(RuleChange)
        .where(RuleChange.id == change_id)
        .values(withdrawn_by=act.acting.person_id, withdrawn_at=act.now, note=said)
    )
    act.audit("rules.withdraw", f"rule_change:{change_id}", after={"note": said})


def lock_change(connection: Connection, change_id: int, version: int | None) -> Any:  # noqa: ANN401  # a row
    """Return a draft that has not ended, locked; NotFoundError, ConflictError, StaleError."""
    row = connection.execute(
        select(
            RuleChange.id, RuleChange.version, RuleChange.base_rule_set_id, RuleChange.changes, RuleChange.reason,
            RuleChange.effective_on, RuleChange.authors, RuleChange.drafted_by, RuleChange.published_at,
            RuleChange.withdrawn_at,
        )
        .where(RuleChange.id == change_id)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError("没有这份草稿。", "There is no such draft.")
    if row.published_at is not None or row.withdrawn_at is not None:
        raise refuse_ended()
    if version != row.version:
        raise StaleError(row.version, version)
    return row


def people_of(act: Act) -> frozenset[int]:
    """Return everybody whose act it is: whoever lent the post counts too."""
    capacity = act.acting.capacity
    return frozenset({act.acting.person_id}) if capacity is None else capacity.people


def read_reason(field: str, given: str) -> str:
    """Return a reason, cleaned; InvalidError without one, or for one that is too long."""
    said = clean(given)
    if not said:
        raise InvalidError([Fault(field, Sentence("请填写。", "This is needed."))])
    if len(said) > REASON_MAX:
        sentence = Sentence(
            f"最多{REASON_MAX}字，现为{len(said)}字。", f"At most {REASON_MAX} characters, got {len(said)}."
        )
        raise InvalidError([Fault(field, sentence)])
    return said


def check_proposal(act: Act, proposal: Proposal) -> None:
    """Look for faults without storing anything; InvalidError with every one."""
    _check(act, read_newest(act.connection), proposal)


def _check(act: Act, newest: Newest, proposal: Proposal) -> dict[str, Any]:
    faults: list[Fault] = []
    changes: dict[str, str] = {}
    reason = ""
    try:
        changes = check_changes(act.connection, newest.values, proposal.changes, act.today)
    except InvalidError as error:
        faults += error.faults
    try:
        reason = read_reason("reason", proposal.reason)
    except InvalidError as error:
        faults += error.faults
    day = proposal.effective_on
    if day is not None and day < act.today:
        faults.append(Fault("effective_on", Sentence("不能早于今天。", "It cannot lie in the past.")))
    elif day is not None and day > act.today + timedelta(days=AHEAD_MAX_DAYS):
        # Every later version takes effect no earlier: a slip of the pen would hold up all that follow.
        said = Sentence(f"最迟为{AHEAD_MAX_DAYS}天内。", f"At most {AHEAD_MAX_DAYS} days ahead.")
        faults.append(Fault("effective_on", said))
    elif day is not None and day < newest.effective_on:
        said = Sentence(
            f"不能早于最新版的生效日期{newest.effective_on}。",
            f"It cannot come before the newest version, which takes effect on {newest.effective_on}.",
        )
        faults.append(Fault("effective_on", said))
    if faults:
        raise InvalidError(faults)
    return {"changes": changes, "reason": reason, "effective_on": day, "base_rule_set_id": newest.id}


def _find_twin(act: Act, values: Mapping[str, Any]) -> int | None:
    """Return an open draft of the same person with the same content: a click that came twice."""
    rows = act.connection.execute(
        select(RuleChange.id, RuleChange.changes, RuleChange.reason, RuleChange.effective_on).where(
            RuleChange.drafted_by == act.acting.person_id, RuleChange.published_at.is_(None),
            RuleChange.withdrawn_at.is_(None),
        )
    )  # fmt: skip
    names = ("changes", "reason", "effective_on")
    return next((row.id for row in rows if all(getattr(row, name) == values[name] for name in names)), None)


def _old(newest: Newest, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"changes": {key: newest.values[key] for key in values["changes"]}}


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("changes", "reason", "effective_on")}
