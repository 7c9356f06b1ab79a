"""What an item's page shows, made for reading: head, sign-off, parts below, phases, facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.item_row import Reading, name_account, name_department, name_due, name_lead, name_number
from app.pages.items.signing_panel import make_round
from app.pages.session import Visitor
from app.pages.show import (
    GAP,
    join_names,
    say_label,
    show_column_day,
    show_day,
    show_instant_day,
    show_money,
)
from app.pages.supervision.supervision_view import (
    list_facts,
    name_slip_colour,
    tell_lead,
    tell_requirement,
    tell_slip_limit,
)
from app.pages.telling import Telling, name_light, tell_due, tell_limit, tell_rule, tell_rule_values
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.item import ItemRow
from app.queries.item_detail import ItemDetail, PhaseRow
from app.queries.source import FlagRow, SourceDetail
from reports.wording import name_currency
from workflows.light import plan_pct
from workflows.machine import LEVEL_LABELS
from workflows.slip import SLIP_LABELS


@dataclass(frozen=True, slots=True)
class Head:
    """The line under the title, and the light with its rule."""

    colour: str
    light_label: str
    light_since: Markup
    rule: Markup
    rule_values: Markup
    rung: int
    rung_label: str
    state_label: str
    due: Telling
    limit: Markup
    lead: str
    is_confidential: bool
    #: A slip's colour and name stand where others have their light: a paper has no plan to keep to.
    slip_colour: str = ""
    slip_label: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """Actual and planned progress in per cent; the plan None where nothing can be compared."""

    actual: int
    plan: int | None


@dataclass(frozen=True, slots=True)
class ChildView:
    """A share or task below the item."""

    lead: str
    is_you: bool
    address: str
    title: str
    due_on: date | None
    text: Markup
    tone: str


@dataclass(frozen=True, slots=True)
class PhaseView:
    """A phase with where it stands."""

    name: str
    text: Markup
    detail: str
    is_present: bool
    is_passed: bool


@dataclass(frozen=True, slots=True)
class FlagView:
    """Something odd that a ledger brought."""

    where: str
    text: str
    raw: str


def make_view(detail: ItemDetail, source: SourceDetail, reading: Reading, visitor: Visitor) -> dict[str, Any]:
    """Return the template's values for what an item is."""
    row = detail.row
    own = {post.department_id for post in visitor.posts}
    children = [make_child(child, reading, own) for child in detail.children]
    kinds = [child.kind for child in detail.children]
    return {
        "item": row,
        "number": name_number(row),
        "head": _head(detail, reading),
        "progress": _progress(detail, reading.today),
        "sign_off": make_round(detail, reading, visitor),
        "requirement": tell_requirement(detail),
        "shares": [child for child, kind in zip(children, kinds, strict=True) if kind == "share"],
        "tasks": [child for child, kind in zip(children, kinds, strict=True) if kind in ("project", "task")],
        "slips": [child for child, kind in zip(children, kinds, strict=True) if kind == "slip"],
        "requests": [child for child, kind in zip(children, kinds, strict=True) if kind == "request"],
        "criteria": detail.criteria,
        "phases": _phases(detail),
        "milestones": detail.milestones,
        "facts": list(_facts(detail)),
        "snapshots": source.snapshots,
        "is_imported": detail.external_source is not None,
        "currency": name_currency(detail.currency or "CNY", current_lang()),
        "flags": [_flag(flag) for flag in source.flags],
    }


def _head(detail: ItemDetail, reading: Reading) -> Head:
    row, state = detail.row, reading.state(detail.row)
    due = tell_due(row.due_on, reading.today, reading.calendar, is_open=state.is_open and not state.is_pause)
    lead = name_lead(row)
    who = _("%(lead)s %(name)s", lead=lead, name=row.assignee_name) if row.assignee_name else lead
    return Head(
        colour=row.light,
        light_label=name_light(row.light, row.light_rule),
        light_since=escape(_("%(day)s起")) % {"day": show_day(detail.light_since_on)}
        if detail.light_since_on
        else Markup(),
        rule=tell_rule(row.light_rule, detail.light_facts),
        rule_values=tell_rule_values(row.light_rule, detail.light_facts),
        rung=row.rung,
        rung_label=say_label(LEVEL_LABELS[row.rung]) if row.rung else "",
        state_label=say_label(state.label),
        due=due,
        limit=tell_slip_limit(detail, state) or _tell_group_limit(detail) or tell_limit(row.due_on, due),
        lead=tell_lead(row, who),
        is_confidential=row.confidential,
        slip_colour=name_slip_colour(detail),
        slip_label=say_label(SLIP_LABELS[detail.details["level"]]) if row.kind == "slip" else "",
    )


def _tell_group_limit(detail: ItemDetail) -> Markup:
    """Return until when a leadership group's term runs; empty for other kinds."""
    if detail.row.kind != "leadership_group":
        return Markup()
    until_on = detail.details["term_until_on"]
    return escape(_("任期不定")) if until_on is None else escape(_("任期至%(day)s")) % {"day": show_day(until_on)}


def _progress(detail: ItemDetail, today: date) -> Progress | None:
    actual = detail.details.get("progress_pct")
    if actual is None:
        return None
    start_on, due_on = detail.details.get("start_on"), detail.row.due_on
    return Progress(actual, plan_pct(start_on, due_on, today) if start_on and due_on else None)


def make_child(row: ItemRow, reading: Reading, own: set[int]) -> ChildView:
    """Return an item below or beside this one: whose it is, until when, how it stands."""
    state = reading.state(row)
    due = tell_due(row.due_on, reading.today, reading.calendar, is_open=state.is_open and not state.is_pause)
    if not state.is_open:
        is_good = state.name in {"accepted", "done", "closed"}
        text = Markup("✓ ") + escape(say_label(state.label)) if is_good else escape(say_label(state.label))
        tone = "green" if is_good else ""
    else:
        text = escape(say_label(state.label))
        if due.tone:
            text = Markup("{}{}{}").format(text, "，" if current_lang() == "zh" else ", ", due.text)
        tone = due.tone
    is_you = row.department_id in own
    return ChildView(
        name_lead(row), is_you, url_for("item.show_item", item_id=row.id), row.title, row.due_on, text, tone
    )


def _phases(detail: ItemDetail) -> list[PhaseView]:
    present = detail.details.get("phase_seq") or 0
    return [_phase(phase, is_present=phase.seq == present and phase.passed_at is None) for phase in detail.phases]


def _phase(phase: PhaseRow, *, is_present: bool) -> PhaseView:
    name = phase.name_en if current_lang() == "en" else phase.name
    if phase.passed_at is not None:
        text = escape(_("✓ %(day)s通过")) % {"day": show_instant_day(phase.passed_at)}
    elif phase.entered_at is not None:
        text = escape(_("● %(day)s开始")) % {"day": show_instant_day(phase.entered_at)}
    else:
        text = escape(_("○ 未开始"))
    detail = "\n".join(part for part in (phase.gate_evidence, phase.gate_decision) if part)
    return PhaseView(name, text, detail, is_present, phase.passed_at is not None)


def _facts(detail: ItemDetail) -> Iterator[tuple[str, Any]]:
    """Yield label and value of what is known of an item."""
    row, own = detail.row, detail.details
    yield from list_facts(detail)
    yield _name_own(row.kind), name_lead(row)
    if detail.supports:
        names = [name_department(support.name, support.name_en) for support in detail.supports]
        yield _name_supports(row.kind), join_names(names)
    if row.assignee_name or own.get("assignee_text"):
        yield _("承办人"), row.assignee_name or own["assignee_text"]
    if row.kind != "leadership_group":
        yield name_due(row.kind), show_column_day(row.due_on)
    if row.original_due_on is not None and row.original_due_on != row.due_on:
        yield _("原定期限"), show_column_day(row.original_due_on)
    if own.get("forecast_on"):
        is_late = row.due_on is not None and own["forecast_on"] > row.due_on
        css, day = "is-red" if is_late else "", show_column_day(own["forecast_on"])
        yield _("预计完成"), Markup('<span class="{}">{}</span>').format(css, day)
    if own.get("budget_fen") is not None:
        yield _("预算"), show_money(own["budget_fen"], detail.currency)
    for label, value in ((_("类别"), own.get("category")), (_("地点"), own.get("place")),
                         (_("来源阶段"), own.get("stage_text")), (_("依据"), own.get("source_reference"))):  # fmt: skip
        if value:
            yield label, value
    if detail.external_key:
        yield _("台账"), _("%(source)s，编号%(key)s", source=detail.external_source, key=detail.external_key)
    yield _("登记"), GAP.join([show_instant_day(row.created_at), escape(name_account(detail.created_by_name))])


def _name_own(kind: str) -> str:
    """Return what the department is called whose an item is."""
    named = {"slip": _("答复单位"), "leadership_group": _("办公室"), "meeting": _("承办"), "agenda_item": _("提交单位")}
    return _("申请单位") if kind in ("request", "allocation", "disbursement") else named.get(kind, _("牵头"))


def _name_supports(kind: str) -> str:
    """Return what the departments beside an item's own are called."""
    if kind in ("allocation", "disbursement"):
        return _("资金主管部门")
    named = {"leadership_group": _("成员单位"), "meeting": _("参会单位"), "agenda_item": _("有关单位")}
    return named.get(kind, _("配合"))


def _flag(flag: FlagRow) -> FlagView:
    place = [flag.sheet or ""]
    if flag.row is not None:
        place.append(_("第%(row)s行", row=flag.row))
    if flag.column:
        place.append(_("“%(column)s”列", column=flag.column))
    where = join_names(part for part in place if part) or flag.file_name
    return FlagView(where, _("%(file)s（%(code)s）", file=flag.file_name, code=flag.code), flag.raw or "")
