"""`flask calendar`: loads a published table of days off, shows a year."""

import json
import sys
from pathlib import Path

import click

from app.core.lease import held
from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.queries.calendar import read_year
from app.services.calendar import load_table
from workflows.calendar_table import CalendarTable, CalendarTableError, read_table

_FAULT = 2


@click.group("calendar")
def calendar_group() -> None:
    """Look after the working calendar."""


@calendar_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Load a year's official table (JSON) and count anew what rests on it; safe to repeat. Prints one JSON object."""
    table = _read(file)
    context = current_context()
    with held(context.database, "sweep"), context.database.writing() as unit:
        act = make_system_act(context, unit)
        done = load_table(unit, context.book, act.acting, act.now, table, source=act.source)
    told = {"year": done.year, "forecast": done.is_forecast, "days_changed": done.days,
            "due_dates_moved": done.moved.due_dates, "limits_moved": done.moved.bases,
            "rungs_moved": done.moved.instants}  # fmt: skip
    click.echo(json.dumps(told))


def _read(file: Path) -> CalendarTable:
    try:
        return read_table(json.loads(file.read_text(encoding="utf-8")))
    except CalendarTableError as error:
        faults = [str(fault) for fault in error.faults]
    except (ValueError, RecursionError) as error:
        faults = [f"{file}: no JSON: {error}"]
    for fault in faults:
        click.echo(fault, err=True)
    sys.exit(_FAULT)


@calendar_group.command("show")
@click.argument("year", type=click.IntRange(1990, 2100))
def show(year: int) -> None:
    """Print the days of YEAR that differ from their weekday, and whether the year is official."""
    context = current_context()
    with context.database.reading() as unit:
        found = read_year(unit, year)
    standing = "official" if found.is_official else "provisional: no official table is loaded"
    click.echo(f"{year} {standing}" + (f" ({found.source})" if found.source else ""))
    for day in found.days:
        click.echo(f"{day.on_day} {day.kind:8} {day.name}")


COMMANDS = (calendar_group,)
