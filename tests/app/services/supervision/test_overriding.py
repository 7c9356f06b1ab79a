"""A project's light set by hand: asked for, decided by the leaders, with an end."""

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError
from app.models.item import ItemClock
from tests.app.services.supervision.asking import (
    ask,
    one,
)
from tests.city import NOW, City
from tests.sweeping import local, sweep


def running_project(city: City) -> int:
    """Return a project at work."""
    project = city.project(details={"template": "integration"})
    city.do("tra_head", project, "submit")
    city.do("ene_head", project, "sign", {"verdict": "agree"})
    city.do("leader", project, "approve")
    city.do("tra_head", project, "start")
    return project


def light_of(city: City, item_id: int) -> tuple[str, str]:
    """Return the light and its rule as the clock shows them."""
    row = one(city, select(ItemClock.light, ItemClock.light_rule).where(ItemClock.item_id == item_id))
    return row[0], row[1]


def test_a_light_by_hand_is_asked_for_decided_by_the_leaders_and_ends_by_itself(city: City) -> None:
    """The office cannot decide it; it holds until its day has passed, then the facts decide again."""
    project = running_project(city)
    judged = light_of(city, project)
    request = ask(city, "tra_head", project, "ask_light", NOW, light="yellow", until_on="2026-03-10", reason="外部风险")
    with pytest.raises(ConflictError) as caught:
        city.do("office1", request, "approve")
    assert caught.value.code == "leaders_decide"
    city.do("office1", request, "refer")
    city.do("leader", request, "approve")
    assert light_of(city, project) == ("yellow", "override")
    sweep(city, local(2026, 3, 10, 10))
    assert light_of(city, project) == ("yellow", "override")
    sweep(city, local(2026, 3, 11, 10))
    assert light_of(city, project)[1] != "override"
    assert light_of(city, project) == judged


def test_a_light_by_hand_can_be_ended_before_its_day(city: City) -> None:
    """Whoever may end it says why; without one there is nothing to end."""
    project = running_project(city)
    request = ask(city, "office1", project, "ask_light", NOW, light="red", until_on="2026-03-31", reason="审计意见")
    city.do("office2", request, "refer")
    city.do("leader", request, "approve")
    city.do("office1", project, "clear_light", {"reason": "已整改"})
    assert light_of(city, project)[1] != "override"
    with pytest.raises(ConflictError) as caught:
        city.do("office1", project, "clear_light", {"reason": "再次"})
    assert caught.value.code == "has_override"
