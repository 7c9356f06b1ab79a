"""`flask demo …`: the made-up city of Yunzhou, which `make run` serves."""

from datetime import date

import click

from app.edge.context import current_context
from app.edge.seal.passing import seal_log
from app.jobs.demo import Month, load_demo
from app.jobs.tools import Tools
from app.services.demo.founding import is_empty
from app.services.demo.story import read_demo
from app.services.organisation.person import find_person

_YEARS = (2010, 2090)


class Day(click.ParamType[date]):
    """A day as 2026-03-31."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day; a bad one ends the command with status 2."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day: expected e.g. 2026-03-31", param, ctx)
        if not _YEARS[0] <= day.year <= _YEARS[1]:
            self.fail(f"{value} lies too far away: expected a day of {_YEARS[0]} to {_YEARS[1]}", param, ctx)
        return day


@click.group("demo")
def demo_group() -> None:
    """Show the product with a made-up city."""


@demo_group.command("load")
@click.option("--until", type=Day(), help="The last day of its eight months of history (default: today, up to now).")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds departments already.")
def load(*, until: date | None, if_empty: bool) -> None:
    """Fill an empty database by running the city day by day; refuses a database that holds a department.

    Prints a line a month. Broken off, nothing is left behind. Its log is sealed at the end, as the scheduler would.
    """
    context = current_context()
    if if_empty:
        with context.database.reading() as unit:
            in_use = not is_empty(unit)
        if in_use:
            click.echo("demo: the database is in use already, nothing loaded")
            return
    if until is not None and until > context.today():
        click.echo(f"demo: {until} is still to come; the city's clock runs ahead of yours", err=True)
    count = load_demo(Tools(context.database, context.book, context.clock), until, _tell)
    seal_log(context, is_full=True)
    click.echo(f"demo: {count} projects and tasks of the made-up city of Yunzhou loaded")


def _tell(month: Month) -> None:
    click.echo(f"demo: {month.first_on:%Y-%m}  {month.steps} steps, {month.rungs} rungs, {month.slips} notices")


@demo_group.command("accounts")
def show_accounts() -> None:
    """Print the log-ins of the made-up city, when it is what the database holds."""
    context = current_context()
    city = read_demo()
    with context.database.reading() as unit:
        if any(find_person(unit.connection(), account.login) is None for account in city.accounts):
            return
    click.echo(f"Demonstration log-ins (password {city.password}):")
    for account in city.accounts:
        click.echo(f"  {account.login:<18}{account.role:<9}{account.department}  {account.name}")


COMMANDS = (demo_group,)
