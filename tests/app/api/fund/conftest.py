"""A treasury in the city of the caller."""

import pytest

from tests.client import Caller
from tests.money import Treasury


@pytest.fixture
def money(caller: Caller) -> Treasury:
    """Give a fund of a million yuan in the caller's city."""
    return Treasury.found(caller.city)
