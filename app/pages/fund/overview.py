"""What the pages of funds are filled with: the list, one fund's year, a department's own money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from app.edge.context import Context, Unit
from app.pages.fund.figures import Rate, name_fund, name_kind, name_unit, name_wan, tell_rate
from app.pages.fund.flow import make_flow
from app.pages.fund.panel import list_papers
from app.pages.items.item_row import name_department, name_number_of
from app.pages.show import say, say_label, show_amount, show_wan
from app.pages.words import gettext as _
from app.policy.fund import Sight, find_keeper, find_sight, list_own_departments
from app.policy.people import Actor
from app.queries.fund.allocation_list import AllocationFilter, list_allocations
from app.queries.fund.department import OwnPart, list_open_payments, list_own_parts
from app.queries.fund.overview import (
    DEPARTMENT_KINDS,
    FundRow,
    RuleVersion,
    YearFigures,
    find_fund,
    list_departments_of,
    list_earmarks,
    list_funds,
    list_rules,
    list_years,
    pick_rule,
)
from app.queries.fund.project import list_projects_of
from workflows.money.execution import RATE_LABEL
from workflows.money.wording import CONTROL_LABELS, SURPLUS_LABELS

#: Years with more postings than this show their projects on a page of their own.
INLINE_POSTED = 2000
#: The accounts in the order in which money goes.
KINDS = ("source", "carried_over", "uncommitted", "reserved", "committed", "paid", "spent", "returned")
#: The newest years have a tab.
YEARS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund in the list."""

    address: str
    name: str
    code: str
    department: str
    unit: str
    is_closed: bool
    is_known: bool
    figures: YearFigures
    net_paid: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure that leads to its postings, where they may be seen."""

    fen: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class PartView:
    """What stands where for one department or project; `cells` in the order of DEPARTMENT_KINDS."""

    label: str
    note: str
    address: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RuleView:
    """A version of the rules in words."""

    from_on: date
    is_in_force: bool
    is_ahead: bool
    lines: tuple[tuple[str, str], ...]
    reason: str
    who: str
    made_on: Any


def make_list(unit: Unit, today: date, year: int) -> dict[str, Any]:
    """Return the values of the list of funds in a year."""
    rows = list_funds(unit.connection(), year)
    return {"rows": [_view(row, today, year) for row in rows], "year": year, "rate_label": say(RATE_LABEL)}


def _view(row: FundRow, today: date, year: int) -> FundView:
    return FundView(
        url_for("fund.show_one", fund_id=row.id, year=year), name_fund(row.name, row.name_en), row.code,
        name_department(row.department_name, row.department_name_en), name_wan(row.currency),
        not row.figures.is_open, row.figures.is_known, row.figures, row.figures.net_paid_fen,
        tell_rate(row.figures.judge(today)),
    )  # fmt: skip


def make_fund(unit: Unit, context: Context, actor: Actor, fund_id: int, year: int) -> dict[str, Any]:
    """Return the values of a fund's page in a year."""
    connection, today = unit.connection(), context.today()
    row = find_fund(connection, fund_id, year)
    sight = find_sight(actor, row.department_id)
    figures, years = row.figures, list_years(connection, fund_id)
    rules = list_rules(connection, fund_id)

    def locate(kind: str) -> str:
        return url_for("fund.show_ledger", fund_id=fund_id, year=year, kind=kind) if sight else ""

    parts = list_departments_of(connection, fund_id, year, sight.department_ids if sight else ())
    marks = list_earmarks(connection, fund_id, year)
    shows_projects = sight is not None and 0 < figures.posted <= INLINE_POSTED
    return make_head(row, year, years) | {
        "figures": figures,
        "rate": tell_rate(figures.judge(today)),
        "rate_label": say(RATE_LABEL),
        "flow": make_flow(figures.amounts, locate, show_wan),
        "accounts": [(name_kind(kind), Cell(figures.amounts[kind], locate(kind))) for kind in KINDS],
        "ledger_address": url_for("fund.show_ledger", fund_id=fund_id, year=year) if sight else "",
        "calls_address": url_for("fund_call.list_of_fund", fund_id=fund_id),
        "papers": list_papers(
            _("执行情况表"), "fund_paper.show_execution", ("pdf", "docx", "xlsx"), fund_id=fund_id, year=year
        ) if sight and figures.is_known else [],
        "sees_all": sight is not None and sight.sees_all,
        "kinds": [name_kind(kind) for kind in DEPARTMENT_KINDS],
        "departments": [
            _part(one.amounts, name_department(one.name, one.name_en), "", "", fund_id=fund_id, year=year,
                  department=one.department_id)
            for one in parts
            if any(one.amounts.values())
        ],
        "projects": _make_projects(unit, sight, fund_id, year) if shows_projects and sight else None,
        "projects_address": url_for("fund.show_projects", fund_id=fund_id, year=year) if figures.posted else "",
        "allocations_address": url_for("allocation.list_all", fund=fund_id, year=year),
        "earmarked": sum(one.balance_fen for one in marks),
        "earmarks": [
            (one.name, name_department(one.department_name, one.department_name_en), Cell(
                one.balance_fen,
                url_for("fund.show_ledger", fund_id=fund_id, year=year, earmark=one.id) if sight else "",
            ))
            for one in marks
        ],
        "rules": [_tell_rule(one, pick_rule(rules, today), today, row.currency) for one in rules],
        "is_keeper": find_keeper(actor, row.department_id) is not None,
        "is_present": year == today.year,
        "may_close_year": figures.is_open and year < today.year,
    }  # fmt: skip


def make_head(row: FundRow, year: int, years: Sequence[int], endpoint: str = "fund.show_one") -> dict[str, Any]:
    """Return what the head of every page of one fund shows; `endpoint` is the page that its years lead to."""
    shown = sorted({*years[:YEARS_SHOWN], year}, reverse=True)
    return {
        "fund": row,
        "name": name_fund(row.name, row.name_en),
        "department": name_department(row.department_name, row.department_name_en),
        "year": year,
        "years": [(one, url_for(endpoint, fund_id=row.id, year=one), one == year) for one in shown],
        "unit": name_unit(row.currency),
        "wan": name_wan(row.currency),
    }


def _part(amounts: Any, label: str, note: str, address: str, **filters: Any) -> PartView:  # noqa: ANN401  # by kind
    cells = tuple(Cell(amounts[kind], url_for("fund.show_ledger", kind=kind, **filters)) for kind in DEPARTMENT_KINDS)
    return PartView(label, note, address, cells)


def _make_projects(unit: Unit, sight: Sight, fund_id: int, year: int) -> list[PartView]:
    rows = list_projects_of(unit.connection(), sight.readers, fund_id, year)
    return [
        PartView(
            one.title, name_number_of("project", one.number, one.project_id),
            url_for("allocation.list_all", fund=fund_id, year=year, project=one.project_id),
            tuple(Cell(one.amounts[kind]) for kind in DEPARTMENT_KINDS),
        )
        for one in rows
        if any(one.amounts.values())
    ]  # fmt: skip


def make_projects(unit: Unit, actor: Actor, fund_id: int, year: int) -> dict[str, Any]:
    """Return the values of the page of a fund's projects, as far as the visitor may read them."""
    row = find_fund(unit.connection(), fund_id, year)
    years = list_years(unit.connection(), fund_id)
    return make_head(row, year, years, "fund.show_projects") | {
        "kinds": [name_kind(kind) for kind in DEPARTMENT_KINDS],
        "projects": _make_projects(unit, Sight(actor.readers, None), fund_id, year),
    }


def _tell_rule(one: RuleVersion, present: RuleVersion | None, today: date, currency: str) -> RuleView:
    unit = name_unit(currency)
    approver = " ".join(
        filter(None, (name_department(one.exception_department, one.exception_department_en), one.exception_post))
    )
    control = say_label(CONTROL_LABELS[one.control])
    lines = [
        (_("超出余额"), _("%(control)s（%(who)s）", control=control, who=approver) if approver else control),
        (_("领导小组审批"),
         _("%(amount)s%(unit)s及以上", amount=show_amount(one.leaders_from_fen), unit=_pad(unit))
         if one.leaders_from_fen else _("不设起点，由财政审批")),
        (_("公示"), _("%(days)s个工作日", days=one.notice_workdays) if one.notice_workdays else _("不公示")),
        (_("闲置"), _("%(days)s个工作日未拨付即预警，再过%(more)s个工作日可收回", days=one.idle_workdays,
                    more=one.warning_workdays) if one.idle_workdays else _("不按规则收回")),
        (_("年终结余"), say_label(SURPLUS_LABELS[one.surplus])),
        (_("文号用字"), one.number_sign),
    ]  # fmt: skip
    is_ahead = one.from_on > today
    return RuleView(one.from_on, present is not None and one.id == present.id, is_ahead, tuple(lines), one.reason,
                    one.made_by_name, one.made_at)  # fmt: skip


def _pad(unit: str) -> str:
    """Return a unit as it follows a figure: apart in English."""
    return unit if not unit.isascii() else f" {unit}"


def make_mine(unit: Unit, context: Context, actor: Actor, year: int) -> dict[str, Any]:
    """Return the values of the page of one's own departments' money."""
    connection, own = unit.connection(), list_own_departments(actor)
    machine = context.book.current_machine(connection, "allocation")
    running = list_allocations(connection, actor.readers, AllocationFilter(department_ids=tuple(own), is_open=True))
    return {
        "has_department": bool(own),
        "year": year,
        "kinds": [name_kind(kind) for kind in DEPARTMENT_KINDS],
        "parts": [_own(one, year, has_many=len(own) > 1) for one in list_own_parts(connection, own, year)],
        "payments": [
            (one, name_fund(one.fund_name, one.fund_name_en), url_for("item.show_item", item_id=one.item_id))
            for one in list_open_payments(connection, actor.readers, own)
        ],
        "allocations": [
            (one, name_fund(one.fund_name, one.fund_name_en), say_label(machine.states[one.state].label),
             url_for("item.show_item", item_id=one.id))
            for one in running.items
        ],
        "all_address": url_for("allocation.list_all", department=own[0]) if len(own) == 1 else
        url_for("allocation.list_all"),
    }  # fmt: skip


def _own(one: OwnPart, year: int, *, has_many: bool) -> PartView:
    place = name_department(one.department_name, one.department_name_en) if has_many else one.fund_code
    return _part(one.amounts, name_fund(one.fund_name, one.fund_name_en), place,
                 url_for("fund.show_one", fund_id=one.fund_id, year=year), fund_id=one.fund_id, year=year,
                 department=one.department_id)  # fmt: skip
