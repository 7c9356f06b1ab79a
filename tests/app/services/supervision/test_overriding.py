"""A project's light set by hand: asked for, decided by the leaders, with an end."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError
from app.models.item import ItemClock
from app.queries.progress_report import Reader, read_report
from reports.wording import Text
from tests.app.services.supervision.asking import (
    ask,
    one,
)
from tests.city import NOW, City
from tests.sweeping import local, sweep
from workflows.light import LightThresholds


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


def test_the_monthly_report_shows_the_light_by_hand_from_its_grant_to_its_end(city: City) -> None:
    """What the leaders decided is what they read: yellow at the end of March, the facts' own at the end of April."""
    project = running_project(city)
    city.do("tra_head", project, "report", {"text": "起步", "progress_pct": 1})
    fields = {"light": "yellow", "until_on": "2026-04-15", "reason": "外部风险"}
    request = ask(city, "tra_head", project, "ask_light", local(2026, 3, 10), **fields)
    city.do("office1", request, "refer", now=local(2026, 3, 11))
    city.do("leader", request, "approve", now=local(2026, 3, 12))
    lights = []
    for month in (3, 4):
        with city.database.reading() as session:
            calendar = city.book.calendar(session.connection())
            reader = Reader(
                city=Text("云州", "Yunzhou"), office=Text("协调办", "Office"), calendar=calendar,
                thresholds_of=lambda _: LightThresholds(), readers=("OFFICE",),
            )  # fmt: skip
            report = read_report(session.connection(), reader, 2026, month, date(2026, 6, 1))
        rule = report.projects[0].light_rule
        lights.append((report.projects[0].light, rule if isinstance(rule, str) else rule.zh))
    assert lights[0] == ("yellow", "经批准人工调整")
    assert lights[1][1] != "经批准人工调整"
