"""A group and its meetings in the city of the pages, everybody with a password; one clock for services and pages."""

from datetime import date

import pytest
from flask import Flask

from tests.app.pages.conftest import give_passwords
from tests.city import City
from tests.meeting import Bench


class Table(Bench):
    """A bench whose clock is the pages' clock, too."""

    app: Flask

    def at(self, on: date, hour: int = 10) -> "Table":
        """Move services and pages to an hour of a day in the city."""
        super().at(on, hour)
        self.app.extensions["lianban"].clock.set(self.now)
        return self


@pytest.fixture
def table(city: City, app: Flask) -> Table:
    """Give a group in the pages' city; a deputy leader joined, so that everybody gets a password anew."""
    Table.app = app
    made = Table.found(city)
    give_passwords(city.database)
    assert isinstance(made, Table)
    return made
