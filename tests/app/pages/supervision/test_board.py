"""The escalation board: its cards with their slips, its filters, its columns page by page."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import update

from app.jobs.slips import run_slips
from app.models.item import Item
from app.pages.supervision import escalation
from app.queries.city.board import BoardFilter
from app.queries.escalation import read_board
from tests.app.pages.conftest import Desk, Visit
from tests.city import City
from tests.client import Caller
from tests.sweeping import local, make_tools, running_task, sweep

Begin = Callable[[str], Visit]


def stall(city: City, count: int = 1, **more: object) -> list[int]:
    """Return tasks that have risen to level 2, swept on their second day of lateness, with their slips."""
    items = [running_task(city, title=f"滞后{n}", due_on=date(2026, 2, 26), **more) for n in range(count)]
    at = local(2026, 3, 2, 9)
    sweep(city, at)
    run_slips(make_tools(city, at), at, lambda: True)
    return items


def test_a_card_leads_to_its_slip(visit: Begin, city: City) -> None:
    """A yellow slip's number and state stand on its matter's card; who may not read sees neither."""
    [item_id] = stall(city)
    page = visit("office1").get("/escalations").text
    assert f'href="/items/{item_id}"' in page
    assert re.search(r'class="no" href="/items/\d+"><span class="d">[^<]*2026', page)
    assert "待答复" in page
    assert "滞后0" not in visit("wea_head").get("/escalations").text


def test_filters_live_in_the_address(visit: Begin, city: City) -> None:
    """Department, cause and project narrow the board; what is unknown does not; a filter can be cleared."""
    project = city.project(lead="ENE", due_on=date(2026, 12, 31))
    stall(city)
    office = visit("office1")
    shown = {
        f"department={city.departments['TRA']}": True, f"department={city.departments['WEA']}": False,
        "cause=due": True, "cause=idle": False, "cause=x&department=y": True, f"project={project}": False,
    }  # fmt: skip
    for query, is_shown in shown.items():
        page = office.get(f"/escalations?{query}").text
        assert ("滞后0" in page) is is_shown, query
    assert "清除" in office.get("/escalations?cause=idle").text


@pytest.mark.parametrize("depth", [1, 2])
def test_a_project_takes_in_everything_below(city: City, depth: int) -> None:
    """The filter by project reaches tasks of tasks, and nothing beside the project."""
    project = city.project(due_on=date(2026, 12, 31))
    parent = project
    for _ in range(depth - 1):
        parent = city.task(title="上级任务", due_on=date(2026, 12, 1), parent_id=parent)
    [inside, outside] = stall(city, 2)
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == inside).values(parent_id=parent))
    with city.database.reading() as session:
        board = read_board(session, ("OFFICE",), wanted=BoardFilter(project_id=project))
    found = [card.item_id for column in board for card in column.cards]
    assert inside in found
    assert outside not in found


def test_a_column_goes_on_with_its_filters(visit: Begin, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keyset pages keep the filters; every card comes once; the count of what is shown stands in the head."""
    monkeypatch.setattr(escalation, "COLUMN_CARDS", 2)
    stall(city, 3)
    office = visit("office1")
    page = office.get("/escalations?cause=due").text
    assert "显示2件，还有更多" in page
    [more] = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "cause=due" in more
    rest = office.get(more.replace("&amp;", "&")).text
    assert len({*re.findall("滞后[0-9]", page), *re.findall("滞后[0-9]", rest)}) == 3
    assert office.get("/escalations?after2=x").status_code == 422


def test_more_cards_come_without_leaving(open_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """With script the rest of a column is put behind it; the address stays."""
    monkeypatch.setattr(escalation, "COLUMN_CARDS", 1)
    desk = open_desk()
    stall(desk.site.city, 3)
    desk.log_in("office1")
    desk.open("/escalations")
    for shown in (2, 3):
        desk.page.click("#cards-2 .more a")
        desk.page.wait_for_selector(f"#cards-2 > article:nth-of-type({shown})")
    assert desk.page.url.endswith("/escalations")
    assert desk.page.query_selector("#cards-2 .more") is None
    assert desk.faults == []


def test_the_api_filters_rungs_by_project(caller: Caller, city: City) -> None:
    """GET /escalations takes the board's filters."""
    project = city.project()
    [item_id] = stall(city)
    assert item_id in {rung["item_id"] for rung in caller.get("office1", "/escalations?running=true").json["items"]}
    assert caller.get("office1", f"/escalations?project={project}").json["items"] == []
    own = caller.get("office1", f"/escalations?project={item_id}&cause=due").json["items"]
    assert {rung["item_id"] for rung in own} == {item_id}
