"""The pages on which funds are read: the list, a fund's year, its ledger, one posting, one's own department's money."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.edge.context import Context, Unit, current_context
from app.edge.fund.reading import require_viewer
from app.pages.dropped import note_dropped
from app.pages.fund.ledger import make_ledger, make_posting
from app.pages.fund.overview import make_fund, make_list, make_mine, make_projects
from app.pages.items.form import read_number
from app.policy.fund import list_own_departments
from app.policy.people import Actor
from workflows.roles import Duty

pages = Blueprint("fund", __name__)
FUND = "/funds/<int(max=9223372036854775807):fund_id>"
POSTING = "/postings/<int(max=9223372036854775807):posting_id>"
_FIRST, _LAST = 2000, 2099
_OPENING = (Duty.FINANCE, Duty.HEAD)


def read_year(context: Context) -> int:
    """Return the year of the address, the present one without any."""
    text = request.args.get("year", "")
    year = read_number(text)
    if year is not None and _FIRST <= year <= _LAST:
        return year
    note_dropped("year", text)
    return context.today().year


@pages.get("/funds")
def list_all() -> str:
    """Show the funds of a year with what is free, reserved, committed and paid."""
    context = current_context()
    year = read_year(context)

    def read(unit: Unit) -> tuple[Actor, dict[str, Any]]:
        return require_viewer(unit, current_user.person_id), make_list(unit, context.today(), year)

    actor, values = context.database.look(read)
    may_open = actor.has(*_OPENING)
    return render_template("fund/list.html", here="funds", may_open=may_open, this_year=context.today().year,
                           has_own=bool(list_own_departments(actor)), **values)  # fmt: skip


@pages.get("/funds/mine")
def show_mine() -> str:
    """Show what the visitor's departments got, have paid and still have to account for."""
    context = current_context()
    year = read_year(context)
    with context.database.reading() as unit:
        values = make_mine(unit, context, require_viewer(unit, current_user.person_id), year)
    return render_template("fund/mine.html", here="funds", this_year=context.today().year, **values)


@pages.get(FUND)
def show_one(fund_id: int) -> str:
    """Show a fund's year: where its money is, how fast it goes, by whose rules."""
    context = current_context()
    year = read_year(context)
    with context.database.reading() as unit:
        values = make_fund(unit, context, require_viewer(unit, current_user.person_id), fund_id, year)
    return render_template("fund/overview.html", here="funds", **values)


@pages.get(f"{FUND}/projects")
def show_projects(fund_id: int) -> str:
    """Show a fund's year by joint project."""
    context = current_context()
    year = read_year(context)
    with context.database.reading() as unit:
        values = make_projects(unit, require_viewer(unit, current_user.person_id), fund_id, year)
    return render_template("fund/projects.html", here="funds", **values)


@pages.get(f"{FUND}/ledger")
def show_ledger(fund_id: int) -> str:
    """Show a page of the ledger, the last posting first."""
    context = current_context()
    year = read_year(context)
    with context.database.reading() as unit:
        values = make_ledger(unit, require_viewer(unit, current_user.person_id), fund_id, year)
    return render_template("fund/ledger.html", here="funds", **values)


@pages.get(POSTING)
def show_posting(posting_id: int) -> str:
    """Show a posting: its legs, its papers, who made it, what it reverses."""
    context = current_context()
    with context.database.reading() as unit:
        values = make_posting(unit, require_viewer(unit, current_user.person_id), posting_id)
    return render_template("fund/posting.html", here="funds", **values)
