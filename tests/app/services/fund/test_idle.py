"""Idle money is found by the fund's rule, warned of once, and taken back only after the warning (issue 6 no. 5)."""

from dataclasses import replace
from datetime import date

import pytest

from app.core.errors import ConflictError
from app.services.fund.idle import find_idle, warn_of_idle
from tests.city import City
from tests.money import RULE, WAN, Treasury, yuan


def _found(money: Treasury) -> list[int]:
    with money.city.database.reading() as session:
        return find_idle(session.connection(), money.city.book, money.now)


def test_idle_money_is_warned_of_once_and_then_taken_back(city: City) -> None:
    """After the rule's working days without a draw; a draw ends the warning; what is taken back is free again."""
    money = Treasury.found(city, rule=replace(RULE, idle_workdays=10, warning_workdays=5))
    lazy = money.allocated(30 * WAN)
    busy = money.allocated(20 * WAN)
    money.at(2026, 3, 16)  # ten working days later: not yet
    assert _found(money) == []
    money.drawn(busy)
    money.at(2026, 3, 17)
    assert _found(money) == [lazy]
    city.database.write(lambda session: warn_of_idle(city.book, money.now, lazy, session))
    assert _found(money) == []
    with pytest.raises(ConflictError) as early:
        money.do("fin1", lazy, "take_back", amount=yuan(10 * WAN), reason="闲置")
    assert early.value.code == "not_warned"
    money.at(2026, 3, 25)
    money.do("fin1", lazy, "take_back", amount=yuan(10 * WAN), reason="闲置")
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 60 * WAN, "committed": 40 * WAN}
    assert money.check().faults == []
    assert money.today == date(2026, 3, 25)


def test_nobody_is_warned_without_such_a_rule(city: City) -> None:
    """A fund whose rule names no limit leaves idle money alone."""
    money = Treasury.found(city)
    money.allocated(30 * WAN)
    assert _found(money.at(2026, 11, 2)) == []
