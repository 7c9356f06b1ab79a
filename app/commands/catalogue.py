"""Every `flask` command of the product; each runs in the application's context and ends as the table of errors says."""

import copy
import functools

import click
from flask import Flask
from flask.cli import with_appcontext

from app.commands import (
    access,
    attachment,
    audit,
    backup,
    calendar,
    database,
    demo,
    department,
    docs,
    doctor,
    escalate,
    fund,
    keys,
    ledger,
    meeting,
    message,
    paper,
    report,
    rules,
    scheduler,
    store,
    task,
    template,
    user,
    worker,
)
from app.core.watch.running import watched
from app.edge.errors import exits
from app.edge.startup import current_readiness

MODULES = (
    database, department, user, access, attachment, calendar, ledger, escalate,
    message, rules, scheduler, worker, report, docs, demo, template, task, fund, meeting, paper, store,
    audit, keys, doctor, backup,
)  # fmt: skip
#: These work before the database is upgraded; of `audit` and `backup` what reads a file, the rest looks for itself.
WITHOUT_DATABASE = (database, docs, audit, doctor, backup)


def register(app: Flask) -> None:
    """Give `app` its commands."""
    for module in MODULES:
        for command in module.COMMANDS:
            app.cli.add_command(_wrap(command, command.name or "", needs_database=module not in WITHOUT_DATABASE))


def _wrap(command: click.Command, name: str, *, needs_database: bool) -> click.Command:
    """Return a copy of `command` that pushes the context and turns errors into lines and an exit status.

    `name` is what its line in the log calls it.
    """
    wrapped = copy.copy(command)
    if isinstance(wrapped, click.Group):
        wrapped.commands = {
            own: _wrap(inner, f"{name} {own}", needs_database=needs_database) for own, inner in wrapped.commands.items()
        }
        return wrapped
    if wrapped.callback is None:
        raise TypeError(f"command {command.name} does nothing")
    callback = wrapped.callback

    @functools.wraps(callback)
    def run(*args: object, **kwargs: object) -> object:
        with watched("command", name):
            if needs_database:
                current_readiness().require()
            return callback(*args, **kwargs)

    wrapped.callback = with_appcontext(exits(run))
    return wrapped
