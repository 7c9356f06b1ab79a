"""What happened to an item, as a life line and as a full record; and what is ahead of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Any

from markupsafe import Markup, escape

from app.pages.fund.history import KINDS as MONEY_KINDS
from app.pages.fund.history import tell_money
from app.pages.items.item_row import Reading, name_acting, name_department, name_due, name_running
from app.pages.project.origin import (
    find_slip,
    list_ahead,
    list_origins,
    list_requests,
    list_successors,
    tell_slip,
)
from app.pages.show import GAP, place, say, say_label, show_day, show_instant, show_instant_day
from app.pages.telling import name_rise
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.escalation import LadderView, ReachedRung
from app.queries.history import HistoryRow
from app.queries.item_detail import ItemDetail
from app.queries.project.way import SlipMark, SourcePaper
from app.services.signing.content import tell_changes
from app.services.signing.input import SIGN
from app.services.submission import OWN_SUBMISSION
from workflows.fields import CHOICE_LABELS
from workflows.interpreter import AskedField, Machine
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause

LIFE_ROWS = 12
#: What steps keep as the id of a department.
PLACES = ("department", "section")
_PARTS = "parts"
#: A person without a name; an amount, which is told as money.
_TOLD_BEFORE = frozenset({"person", "amount", "chair"})
#: What the moves of signers keep.
_SIGNING = frozenset({"signer_name", "place", "changes", "is_opinion", "signed_on", "recorded_by_name"})
#: Asking for something is told by the request itself.
_ASKS = "ask_"
_REPORT = "report"
#: What a label says to whoever fills the form, not to whoever reads the record.
_HINT = re.compile(r"（(不填.*|编号|重新提交.*)）$| \((left out.*|its id|who signs.*)\)$")


@dataclass(frozen=True, slots=True)
class LifeRow:
    """A point of the life line; `css` says whether it happened, is now, or lies ahead."""

    text: Markup
    when: Markup
    css: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A step in full: who, when, from where to where, and what was written."""

    action: str
    states: str
    who: str
    when: Markup
    details: tuple[tuple[str, str], ...]


def name_action(action: str, machine: Machine) -> str:
    """Return the label of an action that was taken."""
    if action == SIGN:
        return _("签署")
    own = {"create": _("登记"), "register": _("导入登记"), "release": _("解除承办"), "hand_over": _("移交"),
           "amend": _("修改申请"), "order": _("调整议程顺序"),
           "join": _("并入另一原因"), "supersede": _("接续黄色预警单"),
           "add_signer": _("加签"), "remove_signer": _("减签"), "transfer_signature": _("转办签署"),
           "lend_signature": _("委派提意见"), "take_signature_back": _("取回签署"),
           "record_paper": _("登记纸质签批"), "confirm_paper": _("核对纸质签批"), "reject_paper": _("退回纸质签批登记"),
           "renew_signing": _("内容变更，重新会签"), "adopt": _("改按新版规则")}  # fmt: skip
    if action in own:
        return own[action]
    return next((say(step.label) for (_source, name), step in machine.steps.items() if name == action), action)


def make_life(
    detail: ItemDetail,
    history: Sequence[HistoryRow],
    ladders: LadderView,
    reading: Reading,
    paper: SourcePaper | None = None,
    slips: Sequence[SlipMark] = (),
) -> list[LifeRow]:
    """Return the life line: its origin, the last steps, rungs with slips, requests, now, what is ahead."""
    machine, state = _machine(detail, reading), reading.state(detail.row)
    taken = [row for row in reversed(history) if not row.action.startswith(_ASKS)]
    happened = [(run[-1].occurred_at, _life_row(run, machine)) for run in _list_runs(taken)]
    happened += [(at, LifeRow(*point)) for at, point in list_requests(detail, reading)]
    happened += [
        (rung.raised_at, _rung_row(rung, slips, reading)) for rung in ladders.reached if not rung.is_superseded
    ]
    happened.sort(key=lambda point: point[0])
    rows = [LifeRow(*point) for point in list_origins(detail, paper)]
    if len(happened) > LIFE_ROWS:
        rows.append(LifeRow(escape(_("更早的见全部记录")), Markup()))
    rows += [row for _at, row in happened[-LIFE_ROWS:]]
    since = escape(_("%(day)s起")) % {"day": show_instant_day(detail.state_since)}
    rows.append(LifeRow(escape(say_label(state.label)), since, "now"))
    if not state.is_open:
        return rows + [LifeRow(*point) for point in list_successors(detail)]
    return rows + list(_ahead(detail, ladders, reading))


def _rung_row(rung: ReachedRung, slips: Sequence[SlipMark], reading: Reading) -> LifeRow:
    slip = find_slip(rung, slips)
    if slip is not None:
        return LifeRow(tell_slip(slip, reading), show_instant_day(rung.raised_at), f"slip slip-{rung.level}")
    cause = say_label(CAUSE_LABELS[Cause(rung.cause)])
    text = escape(_("%(level)s：%(cause)s", level=say_label(LEVEL_LABELS[rung.level]), cause=cause))
    return LifeRow(text, GAP.join([show_instant_day(rung.raised_at), escape(_("系统"))]), f"slip slip-{rung.level}")


def _machine(detail: ItemDetail, reading: Reading) -> Machine:
    return reading.machines[detail.row.kind, detail.row.workflow_version]


def _list_runs(history: Sequence[HistoryRow]) -> Iterator[list[HistoryRow]]:
    """Yield the steps, those that repeat one another without a change of state as one run."""
    for _key, group in groupby(history, key=lambda row: (row.action, row.from_state, row.to_state)):
        run = list(group)
        if run[0].from_state == run[0].to_state and run[0].action == _REPORT:
            yield run
        else:
            yield from ([row] for row in run)


def _life_row(run: Sequence[HistoryRow], machine: Machine) -> LifeRow:
    row = run[-1]
    text = escape(name_action(row.action, machine))
    if len(run) > 1:
        times = ngettext("共%(num)s次", "共%(num)s次", len(run))
        text = escape(_("%(one)s，%(other)s")) % {"one": text, "other": times}
    when = Markup("{}{}{}").format(show_instant_day(row.occurred_at), GAP, name_actor(row))
    return LifeRow(text, when)


def name_actor(row: HistoryRow) -> str:
    """Return who took a step; the product itself for what followed by itself."""
    if row.acting_role == "system":
        return _("系统")
    return name_acting(row.actor_name, row.on_behalf_of_name)


def _ahead(detail: ItemDetail, ladders: LadderView, reading: Reading) -> Iterator[LifeRow]:
    points: list[tuple[date, LifeRow]] = []
    rising = next((rung for rung in ladders.ahead if rung.level > detail.row.rung), None)
    if rising is not None:
        label = _("未办则%(level)s", level=name_rise(rising.level))
        day = reading.calendar.local_date(rising.at)
        when = escape(_("下次巡检")) if day < reading.today else show_day(day)
        points.append((day, LifeRow(escape(label), when, "ahead")))
    due_on = detail.row.due_on
    if due_on is not None and due_on >= reading.today:
        points.append((due_on, LifeRow(escape(name_due(detail.row.kind)), show_day(due_on), "ahead")))
    points += [(day, LifeRow(text, show_day(day), "ahead")) for day, text in list_ahead(detail, reading.today)]
    yield from (row for _day, row in sorted(points, key=lambda point: point[0]))


def make_records(
    history: Sequence[HistoryRow],
    machine: Machine,
    people: Mapping[str, str],
    departments: Mapping[int, str] = MappingProxyType({}),
    currency: str = "CNY",
) -> list[RecordRow]:
    """Return the steps in full, the newest first; `people` and `departments` name the ids that steps kept.

    `currency` is that of the amounts that steps on money kept.
    """
    labels = {ask.name: _name_ask(ask) for step in machine.steps.values() for ask in step.asks}
    own = {name: {ask.name: _name_ask(ask) for ask in step.asks} for (_source, name), step in machine.steps.items()}
    return [
        RecordRow(
            action=name_action(row.action, machine),
            states=_tell_states(row, machine),
            who=_tell_who(row),
            when=show_instant(row.occurred_at),
            details=(
                *(_tell_moneys(row, currency) if machine.kind in MONEY_KINDS else ()),
                *_details(_name_state(row.data, machine), labels | own.get(row.action, {}), people, departments),
            ),
        )
        for row in history
    ]


def _tell_moneys(row: HistoryRow, currency: str) -> Iterator[tuple[str, str]]:
    told = (tell_money(name, value, row.action, currency) for name, value in row.data.items() if value is not None)
    yield from (pair for pair in told if pair is not None)


def _name_state(data: Mapping[str, Any], machine: Machine) -> Mapping[str, Any]:
    """Return what a step kept, with the words for the state to which it returned the item."""
    state = machine.states.get(str(data.get("to_state")))
    return data if state is None else {**data, "to_state": say_label(state.label)}


def _name_ask(ask: AskedField) -> str:
    return strip_hint(say(ask.label))


def strip_hint(label: str) -> str:
    """Return a field's label without what the form says about leaving it out."""
    return _HINT.sub("", label)


def holds_places(history: Sequence[HistoryRow]) -> bool:
    """Whether a step kept the id of a department, so that names are to be read."""
    return any(row.data.keys() & {*PLACES, _PARTS} for row in history)


def _tell_who(row: HistoryRow) -> str:
    department = name_department(row.department_name, row.department_name_en)
    who = name_actor(row)
    return who if row.acting_role == "system" or not department else place(department, who)


def _tell_states(row: HistoryRow, machine: Machine) -> str:
    after = say_label(machine.states[row.to_state].label) if row.to_state in machine.states else row.to_state
    if row.from_state is None or row.from_state == row.to_state:
        return after
    before = say_label(machine.states[row.from_state].label) if row.from_state in machine.states else row.from_state
    return f"{before} → {after}"


def _details(
    data: Mapping[str, Any], labels: Mapping[str, str], people: Mapping[str, str], departments: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    verdicts = {"agree": _("同意"), "refuse": _("不同意")}
    plain = {"number": _("编号"), "chair_name": _("主持人")}
    for name, value in data.items():
        if value in (None, "", "—"):
            continue
        if name == "verdict":
            yield _("意见"), verdicts.get(value, str(value))
        elif name == "remark":
            yield _("附言"), str(value)
        elif name == "person" and str(value) in people:
            yield labels.get(name, _("承办人")), people[str(value)]
        elif name in _SIGNING:
            yield _tell_signing(name, value)
        elif name == OWN_SUBMISSION:
            yield _("例外"), _("本人提交、本人审批，流程允许")
        elif name in plain:
            yield plain[name], str(value)
        elif name in ("answer_by", "limit_on"):
            yield _("答复期限"), str(value)
        elif name == "cause" and value in set(Cause):
            yield _("原因"), say_label(CAUSE_LABELS[Cause(value)])
        elif name in labels and name not in _TOLD_BEFORE:
            yield labels[name], _tell_value(name, value, departments)


def _tell_signing(name: str, value: Any) -> tuple[str, str]:  # noqa: ANN401  # what a step kept
    """Return label and text of what a move of signers kept: who, in which order, what changed."""
    places = {"before": _("前加签"), "beside": _("并加签"), "after": _("后加签")}
    match name:
        case "signer_name":
            return _("签署人"), str(value)
        case "signed_on":
            return _("签批日期"), str(value)
        case "recorded_by_name":
            return _("登记人"), str(value)
        case "place":
            return _("次序"), places.get(value, str(value))
        case "changes" if isinstance(value, Mapping):
            return _("变更"), say(tell_changes(value))
        case _:
            return _("只提意见"), _("是")


def _tell_value(name: str, value: Any, departments: Mapping[int, str]) -> str:  # noqa: ANN401  # what a step kept
    if name in PLACES:
        return departments.get(value, str(value))
    if name == "into":
        return name_running("task", value)
    if name == _PARTS and isinstance(value, list):
        return _tell_parts(value, departments)
    if isinstance(value, str) and value in CHOICE_LABELS:
        return say_label(CHOICE_LABELS[value])
    return _flatten(value)


def _tell_parts(parts: Sequence[Mapping[str, Any]], departments: Mapping[int, str]) -> str:
    """Return the tasks that one became, a line each: title, whose, until when."""
    lines = (
        (str(part.get("title", "")), departments.get(part.get("department", 0), ""), str(part.get("due_on") or ""))
        for part in parts
    )
    return "\n".join(f"{number}. " + " ".join(filter(None, line)) for number, line in enumerate(lines, 1))


def _flatten(value: Any) -> str:  # noqa: ANN401  # what a step kept: text, number, or answers by number
    if isinstance(value, Mapping):
        return "\n".join(f"{key}. {inner}" for key, inner in value.items())
    return str(value)
