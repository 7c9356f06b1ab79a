"""`flask fund …`: checks the ledger of the special funds against itself, and closes a fiscal year."""

import json
import sys
from pathlib import Path

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.core.money import to_decimal_string
from app.edge.context import Context, Unit, current_context
from app.edge.fund import year_end
from app.edge.fund.planning import find_plan_mapping
from app.ledger.plan import read_plan
from app.policy.fund import require_keeper
from app.policy.people import Actor, find_actor
from app.services.act import Act
from app.services.fund.checking import check_ledger
from app.services.fund.keeping import find_managing_department
from app.services.fund.plan.importing import PlanReport, find_fund, import_plan
from app.services.fund.year_end import YearEnd, preview_year_end
from app.services.organisation.person import find_person
from app.services.recording import Acting

_ACCOUNT = "system-import"


@click.group("fund")
def fund_group() -> None:
    """Look after the special funds' ledger."""


@fund_group.command("check")
def check() -> None:
    """Compare every balance and total with its entries; print one JSON object, a line on stderr for each fault."""
    context = current_context()
    with context.database.reading() as unit:
        report = check_ledger(unit.connection())
    for fault in report.faults:
        click.echo(fault.tell().in_language(context.settings.locale), err=True)
    told = {
        "funds": report.funds, "fiscal_years": report.fiscal_years, "entries": report.entries,
        "faults": len(report.faults),
    }  # fmt: skip
    click.echo(json.dumps(told))
    if report.faults:
        sys.exit(1)


@fund_group.command("plan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--fund", "code", required=True, help="The fund's code.")
@click.option("--mapping", help="A mapping file, or the name of a shipped one; left out: the one called as FILE.")
@click.option("--dry-run", is_flag=True, help="Say what would be, write nothing.")
@click.option("--as", "login", default=_ACCOUNT, help="Who is on record for it; the import account when left out.")
def import_file(file: Path, code: str, mapping: str | None, login: str, *, dry_run: bool) -> None:
    """Import FILE as the fund's plan of several years, as a whole or not at all; again, it updates.

    Prints one JSON object, a line on stderr for each finding. Ends with 1 when the file has faults.
    """
    context = current_context()
    plan = read_plan(file, find_plan_mapping(mapping, file))

    def keep(unit: Unit) -> PlanReport:
        fund_id = find_fund(unit.connection(), code)
        act = _make_act(context, unit, login, fund_id)
        return import_plan(act, fund_id, plan, file_name=file.name, dry_run=dry_run)

    report = context.database.write(keep)
    for line in report.findings.lines(context.settings.locale):
        click.echo(line, err=True)
    told = {
        "rows": report.rows, "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
        "absent": report.absent, "total": to_decimal_string(report.total_fen), "flags": len(report.findings.flags),
        "faults": len(report.findings.faults), "dry_run": report.is_dry_run,
    }  # fmt: skip
    click.echo(json.dumps(told))
    if report.refused:
        sys.exit(1)


@fund_group.command("year-end")
@click.option("--year", type=click.IntRange(2000, 2099), required=True, help="The fiscal year that is over.")
@click.option("--dry-run", is_flag=True, help="Only say what would be carried on and what given back.")
@click.option("--as", "login", default=_ACCOUNT, help="Who is on record for it; the import account when left out.")
def close_year(year: int, login: str, *, dry_run: bool) -> None:
    """Close the year of every fund, each as a whole; run again it posts nothing twice. Prints a JSON object a fund.

    Ends with 1 unless every fund is closed then (with --dry-run: unless each could be). Amounts are decimal texts.
    """
    context = current_context()
    if dry_run:
        with context.database.reading() as unit:
            _require_account(context, unit, login)
            ends = preview_year_end(unit.connection(), year)
        is_well = all(one.outcome != "blocked" for one in ends)
    else:
        with context.database.reading() as unit:
            _require_account(context, unit, login)
            fund_ids = year_end.list_fund_ids(unit, year)
        ends = year_end.close_each(
            context, fund_ids, year, lambda unit, fund_id: _make_act(context, unit, login, fund_id)
        )
        is_well = year_end.is_done(ends)
    for one in ends:
        click.echo(json.dumps(_show(one, context.settings.locale), ensure_ascii=False))
    if not is_well:
        sys.exit(1)


def _show(end: YearEnd, locale: str) -> dict[str, object]:
    return {
        "fund": end.code,
        "name": end.name,
        "year": end.year,
        "outcome": end.outcome,
        "carried": {kind: to_decimal_string(fen) for kind, fen in end.carried.items()},
        "surrendered": to_decimal_string(end.surrendered_fen),
        "reason": None if end.reason is None else end.reason.in_language(locale),
    }


def _make_act(context: Context, unit: Unit, login: str, fund_id: int) -> Act:
    """Return what the closing takes along: the import account acts as the product, a person in the keeper's post."""
    actor = _require_account(context, unit, login)
    if actor.is_system:
        acting = Acting(actor.person_id, "system")
    else:
        capacity = require_keeper(actor, find_managing_department(unit.connection(), fund_id))
        acting = Acting(actor.person_id, capacity.duty.value, capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), "command")


def _require_account(context: Context, unit: Unit, login: str) -> Actor:
    connection = unit.connection()
    person_id = find_person(connection, login)
    actor = None if person_id is None else find_actor(connection, person_id, context.today(), context.now())
    if actor is None:
        raise InvalidError([Fault("--as", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    return actor


COMMANDS = (fund_group,)
