"""The whole city in one unit of work: it is there altogether or not at all, however often its days begin a unit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.database import Database

Result = TypeVar("Result")


class OneUnit(Database):
    """A database whose units are all the one unit that is open already."""

    def __init__(self, database: Database, session: Session) -> None:
        super().__init__(database.engine)
        self._session = session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give the open unit."""
        yield self._session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give the open unit; whoever began it commits."""
        yield self._session

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in the open unit; nobody else is at it, so nothing is tried again."""
        return work(self._session)

    def tell_sizes(self) -> None:
        """Let PostgreSQL see what was written so far: its plans are made for empty tables otherwise."""
        if self.is_postgresql:
            self._session.execute(text("ANALYZE"))
