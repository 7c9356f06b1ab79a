"""My work: what waits for the visitor first, and whether the product itself is well."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.edge.log import read_log
from app.edge.work import read_work
from app.pages.inbox.rows import group_lines, make_lines
from app.pages.items.item_row import Reading, make_reading, name_department, name_running
from app.pages.oversight.act_names import list_weighty
from app.pages.oversight.log import make_lines as list_lines
from app.pages.oversight.sections import make_sections
from app.pages.personal.delegation import tell_standing
from app.pages.personal.guide import list_guides
from app.pages.show import GAP, say_label, show_day
from app.pages.telling import tell_due
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.escalation import SweepView, last_sweep
from app.queries.inbox import InboxFilter
from app.queries.oversight.log import LogFilter
from app.queries.report_owed import OwedRow, list_coming, list_owed, make_day
from app.services.escalation.upkeep import missing_year
from workflows.period import name_period
from workflows.roles import Duty

pages = Blueprint("home", __name__)
ROWS = 10
LOG_ROWS = 8
REPORT_ROWS = 20
#: The scheduler sweeps every half hour; a sweep older than this is told of.
SWEEP_LATE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that the visitor's department owes, or that of a running period; `address` is its form."""

    address: str
    item_address: str
    title: str
    why: Markup
    limit: Markup
    tone: str
    is_owed: bool


@pages.get("/")
def show_home() -> str:
    """Show what waits for the visitor, then what their posts oversee."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        found = read_work(context, unit, actor, InboxFilter(), limit=ROWS)
        lines = make_lines(unit, context, current_user, found.rows)
        reading = make_reading(unit, context, [row.found.item for row in found.rows])
        reports = _list_reports(unit, actor, reading)
        sweep = last_sweep(unit)
        keeps_calendar = actor.has(Duty.OFFICE, Duty.ADMIN)
        missing = missing_year(unit, context.book, context.now()) if keeps_calendar else None
        home = make_sections(unit, context, actor)
    standing = tell_standing(context, actor)
    acts = []
    if actor.has(Duty.AUDITOR):
        weighty = LogFilter(actions=list_weighty(), with_refused=True)
        acts = list_lines(read_log(context, actor.person_id, weighty, limit=LOG_ROWS, cursor=None, source="page"))
    return render_template(
        "home.html", here="home", standing=standing, groups=group_lines(lines, context.today()), sweep=sweep,
        faults=_find_faults(sweep, is_admin=actor.has(Duty.ADMIN)),
        missing=missing, has_more=found.next_cursor is not None, shown=ROWS,
        guide=None if current_user.account.guided_at else next(iter(list_guides(current_user)), None),
        reports=reports, reports_shown=REPORT_ROWS, home=home, acts=acts, is_auditor=actor.has(Duty.AUDITOR),
        has_work=bool(lines) or actor.has(Duty.OFFICE, Duty.HEAD, Duty.MEMBER, Duty.LEADER, Duty.FINANCE),
    )  # fmt: skip


def _list_reports(unit: Unit, actor: Actor, reading: Reading) -> list[ReportRow]:
    """Return what the departments in which the visitor works owe, then what ends soon; nothing for anybody else."""
    own = {held.department_id for held in actor.capacities if held.duty in (Duty.HEAD, Duty.MEMBER)}
    if not own:
        return []
    connection, day = unit.connection(), make_day(reading.calendar, reading.today)
    owed = list_owed(connection, actor.readers, day, departments=own, limit=REPORT_ROWS).rows
    coming = list_coming(connection, actor.readers, day, own, limit=REPORT_ROWS)
    return [_report_row(row, reading) for row in (*owed, *coming)[:REPORT_ROWS]]


def _report_row(row: OwedRow, reading: Reading) -> ReportRow:
    due = tell_due(row.due_on, reading.today, reading.calendar, is_open=True)
    lead = name_department(row.department_name, row.department_name_en)
    return ReportRow(
        address=url_for("item.show_action", item_id=row.item_id, action="report"),
        item_address=url_for("item.show_item", item_id=row.item_id),
        title=row.title,
        why=GAP.join(
            [escape(say_label(name_period(row.period))), escape(row.number or name_running(row.kind, row.item_id)),
             escape(lead)]
        ),
        limit=escape(_("%(limit)s，%(how)s")) % {"limit": show_day(row.due_on), "how": due.text}
        if due.text else show_day(row.due_on),
        tone=due.tone,
        is_owed=row.id is not None,
    )  # fmt: skip


def _find_faults(sweep: SweepView | None, *, is_admin: bool) -> list[str]:
    """Return what is wrong with the product itself, as far as everybody should know."""
    if sweep is None:
        return []
    now = current_context().now()
    faults = []
    if not sweep.is_clean:
        faults.append(_("上次巡检有%(count)s处未能处理，请联系系统管理员。", count=len(sweep.faults)))
    if now - sweep.finished_at > SWEEP_LATE:
        faults.append(
            _("催办巡检已停止，级别可能不是最新的。请到“定时任务”查看原因。")
            if is_admin
            else _("催办巡检已停止，级别可能不是最新的。请联系系统管理员。")
        )
    return faults
