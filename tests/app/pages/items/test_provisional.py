"""P33: what rests on a year without an official calendar says so, on pages and in the API."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import delete, update

from app.models.item import Item
from app.models.rule import CalendarYear
from tests.app.pages.conftest import Visit
from tests.city import City
from tests.client import Caller

Begin = Callable[[str], Visit]


def test_p33_dates_of_an_unpublished_year_are_marked_on_the_page(city: City, visit: Begin) -> None:
    """The rungs ahead in 2027 carry the mark, those of 2026 do not."""
    later, sooner = city.task(due_on=date(2027, 3, 1)), city.task(due_on=date(2026, 5, 6))
    for task in (later, sooner):
        for login, action in (("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start")):
            city.do(login, task, action)
        city.do("tra_head", task, "submit", {"evidence": "x"})
    assert "2027年2月24日</span>（暂定）" in visit("office1").get(f"/items/{later}").text
    assert "（暂定）" not in visit("office1").get(f"/items/{sooner}").text


def test_p32_the_office_is_told_of_a_missing_year(city: City, visit: Begin) -> None:
    """While the present year is published its home page is quiet; without the table it says so, to the office only."""
    said = "2026年放假调休安排尚未导入"
    assert said not in visit("office1").get("/").text
    with city.database.writing() as session:
        session.execute(delete(CalendarYear).where(CalendarYear.year == 2026))
    assert said in visit("office1").get("/").text
    assert said not in visit("tra_head").get("/").text


def test_p33_the_api_marks_computed_dates(caller: Caller, city: City) -> None:
    """A computed date in 2027 is provisional, a typed one is what somebody wrote."""
    computed, typed = city.task(due_on=date(2027, 3, 1)), city.task(due_on=date(2027, 3, 1))
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == computed).values(due_source="computed"))
    assert caller.get("office1", f"/items/{computed}").json["due_is_provisional"] is True
    assert caller.get("office1", f"/items/{typed}").json["due_is_provisional"] is False
