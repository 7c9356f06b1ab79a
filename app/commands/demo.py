"""`flask demo …`: the small made-up city that `make run` serves."""

import click

from app.edge.auth import make_system_act
from app.edge.context import current_context
from app.services.demo import is_empty, load_demo, read_demo
from app.services.organisation.person import find_person


@click.group("demo")
def demo_group() -> None:
    """Show the product with a made-up city."""


@demo_group.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds departments already.")
def load(*, if_empty: bool) -> None:
    """Fill an empty database; refuses one that holds a department."""
    context = current_context()
    with context.database.writing() as unit:
        if if_empty and not is_empty(unit):
            click.echo("demo: the database is in use already, nothing loaded")
            return
        count = load_demo(unit, context.book, make_system_act(context, unit))
    click.echo(f"demo: {count} items of the made-up city of Yunzhou loaded")


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
        click.echo(f"  {account.login:<12}{account.role:<9}{account.department}  {account.name}")


COMMANDS = (demo_group,)
