"""What a process works with: settings, database, rules, clock; made once by the factory or a command."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from app.core.clock import Clock, SystemClock
from app.core.database import Database, make_engine
from app.core.replica import Replica, make_replica_engine
from app.core.sealed_store import SealedStore
from app.core.sealing import choose_ring
from app.core.store_choice import StoreChoice, choose_store
from app.core.watch.statements import choose_slow
from app.services.rulebook import Rulebook
from config import Settings
from reports.faces import choose_faces
from reports.pdf import choose_workers

_KEY = "lianban"
_LOOKING = frozenset({"GET", "HEAD"})

#: A unit of work, as the edges pass it on.
Unit = Session


@dataclass(frozen=True, slots=True)
class Context:
    """The process's own things."""

    settings: Settings
    database: Database
    book: Rulebook
    clock: Clock
    store: SealedStore

    def now(self) -> datetime:
        """Return the present instant."""
        return self.clock.now()

    def today(self) -> date:
        """Return the city's present date."""
        return self.clock.now().astimezone(self.settings.timezone).date()


def make_context(settings: Settings, clock: Clock | None = None) -> Context:
    """Make the context of a process that runs with `settings`; its papers are set and rendered as they say.

    SettingError when its data keys cannot be used.
    """
    choose_ring(settings.open_ring(), settings.secret_key)
    choose_faces(settings.font_files)
    choose_workers(settings.renderers)
    choose_slow(settings.slow_ms)
    return Context(
        settings=settings,
        database=Database(make_engine(settings.database_url, settings.statement_seconds), _make_replica(settings)),
        book=Rulebook(settings.timezone, settings.hours),
        clock=clock or SystemClock(),
        store=make_store(settings),
    )


def _make_replica(settings: Settings) -> Replica | None:
    return Replica(make_replica_engine(settings.replica_url)) if settings.replica_url else None


def make_store(settings: Settings, choice: StoreChoice | None = None, folder: Path | None = None) -> SealedStore:
    """Make the store of an installation, or with its keys another one; everybody's files come through here, sealed."""
    return SealedStore(choose_store(choice or settings.store, folder or settings.var / "files"))


def attach(app: Flask, context: Context) -> None:
    """Give `app` its context; a request that only looks reads in one unit, any other from the primary alone."""
    app.extensions[_KEY] = context
    app.before_request(_share_reading)
    app.teardown_request(_end_sharing)


def _share_reading() -> None:
    """Read everything that a request without effect reads in one unit; of any other nothing from the replica."""
    database = current_context().database
    g.sharing = ExitStack()
    g.sharing.enter_context(database.sharing() if only_looks() else database.staying())


def only_looks() -> bool:
    """Whether the running request is one without effect."""
    return request.method in _LOOKING


def _end_sharing(_error: BaseException | None = None) -> None:
    sharing: ExitStack | None = g.pop("sharing", None)
    if sharing is not None:
        sharing.close()


def current_context() -> Context:
    """Return the context of the running application."""
    return cast("Context", current_app.extensions[_KEY])
