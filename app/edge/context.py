"""What a process works with: settings, database, rules, clock; made once by the factory or a command."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.core.clock import Clock, SystemClock
from app.core.database import Database, make_engine
from app.services.rulebook import Rulebook
from config import Settings

_KEY = "lianban"

#: A unit of work, as the edges pass it on.
Unit = Session


@dataclass(frozen=True, slots=True)
class Context:
    """The process's own things."""

    settings: Settings
    database: Database
    book: Rulebook
    clock: Clock

    def now(self) -> datetime:
        """Return the present instant."""
        return self.clock.now()

    def today(self) -> date:
        """Return the city's present date."""
        return self.clock.now().astimezone(self.settings.timezone).date()


def make_context(settings: Settings, clock: Clock | None = None) -> Context:
    """Make the context of a process that runs with `settings`."""
    return Context(
        settings=settings,
        database=Database(make_engine(settings.database_url)),
        book=Rulebook(settings.timezone, settings.hours),
        clock=clock or SystemClock(),
    )


def attach(app: Flask, context: Context) -> None:
    """Give `app` its context."""
    app.extensions[_KEY] = context


def current_context() -> Context:
    """Return the context of the running application."""
    return cast("Context", current_app.extensions[_KEY])
