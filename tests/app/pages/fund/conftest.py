"""A fund in the made-up city, made before the people get their passwords."""

import pytest

from tests.city import City
from tests.money import Treasury


@pytest.fixture
def money(city: City) -> Treasury:
    """Give a fund of a million yuan in its first year."""
    return Treasury.found(city)
