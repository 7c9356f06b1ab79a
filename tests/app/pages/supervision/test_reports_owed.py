"""Reports owed on the pages: on the home page a click from the form, by department on the board, on the item."""

from collections.abc import Callable

from sqlalchemy import update

from app.models.item import Item
from tests.app.pages.conftest import Visit
from tests.app.services.supervision.owing import owed, reporting_task
from tests.city import City
from tests.sweeping import local, sweep

Begin = Callable[[str], Visit]


def _owing(city: City) -> int:
    """Return a task at work for a week that owes the week before NOW."""
    item_id = reporting_task(city, now=local(2026, 2, 24), supports=("ENE",))
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(state_since=local(2026, 2, 23)))
    sweep(city, local(2026, 3, 2, 9))
    return item_id


def test_the_home_page_leads_to_the_report_in_one_click(city: City, visit: Begin) -> None:
    """Members see what their department owes, with the form behind one link; sent once, it is gone."""
    item_id = _owing(city)
    staff = visit("tra_staff")
    page = staff.get("/").text
    assert "待报进展" in page
    assert "2026年第9周" in page
    assert f'href="/items/{item_id}/actions/report"' in page
    form = staff.get(f"/items/{item_id}/actions/report")
    assert "一次报送，供协调办公室、领导小组、能源局共用，不再另行要求。" in form.text
    version = str(city.version(item_id))
    for _ in range(2):
        sent = staff.post(f"/items/{item_id}/actions/report", version=version, key=staff.key, f__text="本周完成联调")
        assert sent.status_code == 303
    assert owed(city, item_id) == []
    page = staff.get("/").text
    assert "2026年第9周" not in page
    assert "2026年第10周" in page  # the running week ends within five working days


def test_only_who_reports_is_asked(city: City, visit: Begin) -> None:
    """The office, another department and a supporter are asked for nothing: one report serves them."""
    _owing(city)
    for login in ("office1", "pol_head", "ene_head"):
        assert "待报进展" not in visit(login).get("/").text


def test_the_board_shows_every_department(city: City, visit: Begin) -> None:
    """The office sees each department's counts; a department that reads none of the items sees none."""
    _owing(city)
    page = visit("office1").get("/escalations").text
    assert "各单位进展报告" in page
    assert '<td class="nw">交通局</td><td class="fig">1</td><td class="fig b">1</td>' in page
    assert "各单位进展报告" not in visit("pol_head").get("/escalations").text


def test_an_item_says_how_it_reports(city: City, visit: Begin) -> None:
    """The item's facts name its rhythm, the running period's end and what is owed, in both languages."""
    item_id = _owing(city)
    reader = visit("office1")
    page = reader.get(f"/items/{item_id}").text
    assert "每周报告" in page
    assert "欠报" in page
    assert "2026年第9周" in page
    reader.client.set_cookie("lang", "en")
    assert "week 9 of 2026" in reader.get(f"/items/{item_id}").text
