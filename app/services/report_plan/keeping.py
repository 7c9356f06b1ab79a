"""Plans of reports are made, changed, paused and taken up again by the coordination office."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import TITLE_MAX
from app.models.organisation import Department, Person, Post
from app.models.report_plan import ReportPlan, ReportPlanRun, ReportRecipient
from app.policy.people import Actor
from app.services.act import Act, read_name
from workflows.meeting.recurrence import WrongRuleError
from workflows.reporting.plan import RECIPIENTS_MAX, read_clock, read_plan_rule
from workflows.roles import Capacity, Duty

LANGUAGES = ("zh", "en")
_OFFICE_ONLY = Sentence("报告计划由协调办公室管理。", "Plans of reports are kept by the coordination office.")
_NO_PLAN = ("没有这个报告计划。", "There is no such plan of reports.")
_FIXED = Sentence(
    "该计划已有期次，报告种类和范围不再更改；请暂停它，另建计划。",
    "Periods of the plan were entered, so its kind and scope stay: pause it and make another one.",
)
#: What says of what a plan tells and when: changed, it begins anew.
_TIMES = ("kind", "scope_id", "cadence", "rule", "clock")
_TABLES: dict[str, Any] = {"person": Person, "post": Post, "head": Department}


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a report goes: a `person` by id, whoever holds a `post`, the `head` of a department."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as it is typed: `day` and `rest` as `read_plan_rule` takes them, `clock` HH:MM of the city.

    Whether kind, scope and endings fit each other is the edge's to say, which knows the papers.
    """

    name: str
    kind: str
    scope_id: int | None
    cadence: str
    languages: tuple[str, ...]
    endings: tuple[str, ...]
    day: str
    clock: str
    rest: str = "next"
    is_issued: bool = False
    recipients: tuple[Recipient, ...] = ()


def require_office(actor: Actor) -> Capacity:
    """Return the office post in which somebody keeps plans; ForbiddenError when they hold none."""
    found = next((one for one in actor.general if one.duty is Duty.OFFICE), None)
    if found is None:
        raise ForbiddenError("not_yours", _OFFICE_ONLY)
    return found


def found_plan(act: Act, actor: Actor, draft: PlanDraft, faults: Sequence[Fault] = ()) -> int:
    """Make a plan; return its id. What falls due from now on is owed.

    `faults` are what the edge has found already: all are told at once. ForbiddenError (not the office), InvalidError.
    """
    capacity = require_office(actor)
    values = _read(act, draft, faults)
    plan_id = act.connection.execute(
        insert(ReportPlan)
        .values(
            **values, is_active=True, since_at=act.now, post_id=capacity.post_id, created_by=actor.person_id,
            created_at=act.now, version=1,
        )
        .returning(ReportPlan.id)
    ).scalar_one()  # fmt: skip
    _write_recipients(act, plan_id, draft.recipients)
    act.audit("report_plan.make", f"report_plan:{plan_id}", after=values | _show(draft.recipients))
    return int(plan_id)


def change_plan(
    act: Act, actor: Actor, plan_id: int, draft: PlanDraft, version: int | None, faults: Sequence[Fault] = ()
) -> int:
    """Change a plan; return its version. What was made stays, no period is made twice. Also StaleError.

    Of what and when it tells counts from now on: what an earlier or another rule would have owed is not made up for.
    Once a period was entered, kind and scope stay: what its recipients got would bear another paper's name.
    """
    require_office(actor)
    known = lock_plan(act, plan_id, version)
    values = _read(act, draft, [*faults, *_check_fixed(act, known, draft)])
    before = {name: getattr(known, name) for name in values}
    old = list_recipients(act, plan_id)
    if before == values and set(old) == set(draft.recipients):
        return int(known.version)
    begun = {} if all(before[name] == values[name] for name in _TIMES) else {"since_at": act.now}
    act.connection.execute(
        update(ReportPlan).where(ReportPlan.id == plan_id).values(**values, **begun, version=known.version + 1)
    )
    act.connection.execute(delete(ReportRecipient).where(ReportRecipient.plan_id == plan_id))
    _write_recipients(act, plan_id, draft.recipients)
    changed = {name for name in values if before[name] != values[name]}
    act.audit(
        "report_plan.change", f"report_plan:{plan_id}",
        before={name: before[name] for name in changed} | _show(old),
        after={name: values[name] for name in changed} | _show(draft.recipients),
    )  # fmt: skip
    return int(known.version) + 1


def _check_fixed(act: Act, known: Any, draft: PlanDraft) -> list[Fault]:  # noqa: ANN401  # a row
    changed = [
        name
        for name, old, new in (("kind", known.kind, draft.kind), ("scope", known.scope_id, draft.scope_id))
        if old != new
    ]
    if not changed:
        return []
    entered = select(ReportPlanRun.id).where(ReportPlanRun.plan_id == known.id).limit(1)
    return [Fault(name, _FIXED) for name in changed] if act.connection.execute(entered).first() else []


def pause_plan(act: Act, actor: Actor, plan_id: int, version: int | None) -> int:
    """Let a plan rest: nothing falls due until it goes on. Returns its version; ConflictError when it rests."""
    return _switch(act, actor, plan_id, version, is_active=False)


def resume_plan(act: Act, actor: Actor, plan_id: int, version: int | None) -> int:
    """Let a plan go on; what fell due while it rested is not made up for. ConflictError when it does not rest."""
    return _switch(act, actor, plan_id, version, is_active=True)


def _switch(act: Act, actor: Actor, plan_id: int, version: int | None, *, is_active: bool) -> int:
    require_office(actor)
    known = lock_plan(act, plan_id, version)
    if known.is_active is is_active:
        said = (
            Sentence("该计划正在执行。", "The plan is at work.")
            if is_active
            else Sentence("该计划已暂停。", "The plan rests already.")
        )
        raise ConflictError("plan_unchanged", said)
    values: dict[str, Any] = {"is_active": is_active, "version": known.version + 1}
    if is_active:
        values["since_at"] = act.now
    act.connection.execute(update(ReportPlan).where(ReportPlan.id == plan_id).values(**values))
    act.audit("report_plan.resume" if is_active else "report_plan.pause", f"report_plan:{plan_id}")
    return int(known.version) + 1


#: Where the product itself acts, which has seen no version.
ANY_VERSION = -1


def lock_plan(act: Act, plan_id: int, version: int | None = ANY_VERSION) -> Any:  # noqa: ANN401  # a row
    """Return a plan's row, locked; NotFoundError, StaleError when `version` is not the present one."""
    columns = select(*ReportPlan.__table__.c).where(ReportPlan.id == plan_id)
    row = act.connection.execute(columns.with_for_update()).first()
    if row is None:
        raise NotFoundError(*_NO_PLAN)
    if version not in (ANY_VERSION, row.version):
        raise StaleError(row.version, version)
    return row


def list_recipients(act: Act, plan_id: int) -> tuple[Recipient, ...]:
    """Return to whom a plan's report goes."""
    rows: Any = act.connection.execute(
        select(ReportRecipient.kind, ReportRecipient.person_id, ReportRecipient.post_id, ReportRecipient.department_id)
        .where(ReportRecipient.plan_id == plan_id)
        .order_by(ReportRecipient.id)
    )
    return tuple(Recipient(row.kind, row.person_id or row.post_id or row.department_id) for row in rows)


def _write_recipients(act: Act, plan_id: int, recipients: Sequence[Recipient]) -> None:
    columns = {"person": "person_id", "post": "post_id", "head": "department_id"}
    rows = [
        {"plan_id": plan_id, "kind": one.kind, **dict.fromkeys(columns.values()), columns[one.kind]: one.id}
        for one in dict.fromkeys(recipients)
    ]
    if rows:
        act.connection.execute(insert(ReportRecipient), rows)


def _show(recipients: Sequence[Recipient]) -> dict[str, Any]:
    return {"recipients": [f"{one.kind}:{one.id}" for one in recipients]}


def _read(act: Act, draft: PlanDraft, given: Sequence[Fault]) -> dict[str, Any]:
    """Return a plan's columns; InvalidError with every fault at once, each beside its field."""
    faults = list(given)
    name = read_name(faults, "name", draft.name, TITLE_MAX)
    if not draft.languages or not set(draft.languages) <= set(LANGUAGES):
        faults.append(Fault("languages", Sentence("请至少选择一种语言：zh、en。", "Choose zh, en or both.")))
    rule = ""
    try:
        rule = str(read_plan_rule(draft.day, draft.rest))
    except WrongRuleError as error:
        faults += [
            Fault(one.place if one.place == "rest" else "day", Sentence(f"{one.says.zh}。", f"{one.says.en}."))
            for one in error.faults
        ]
    clock = read_clock(draft.clock)
    if clock is None:
        faults.append(Fault("clock", Sentence("应为时:分，如08:30。", "Hour and minute, as 08:30.")))
    faults += _check_recipients(act, draft.recipients)
    if faults or clock is None:
        raise InvalidError(faults)
    return {
        "name": name, "kind": draft.kind, "scope_id": draft.scope_id, "cadence": draft.cadence,
        "languages": list(draft.languages), "endings": list(draft.endings), "rule": rule, "clock": f"{clock:%H:%M}",
        "is_issued": draft.is_issued,
    }  # fmt: skip


def _check_recipients(act: Act, recipients: Sequence[Recipient]) -> list[Fault]:
    if len(recipients) > RECIPIENTS_MAX:
        said = Sentence(f"分送对象最多{RECIPIENTS_MAX}个。", f"At most {RECIPIENTS_MAX} recipients.")
        return [Fault("recipients", said)]
    missing = []
    for kind, table in _TABLES.items():
        wanted = {one.id for one in recipients if one.kind == kind}
        if wanted:
            found = set(act.connection.execute(select(table.id).where(table.id.in_(wanted))).scalars())
            missing += [f"{kind} {one}" for one in sorted(wanted - found)]
    if any(one.kind not in _TABLES for one in recipients):
        missing.append("?")
    if not missing:
        return []
    named = ", ".join(missing)
    return [Fault("recipients", Sentence(f"没有这些分送对象：{named}。", f"There are no such recipients: {named}."))]
