"""What an item's page tells of its steps and of the items that it is linked with: words, never ids."""

from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.city import City

Begin = Callable[[str], Visit]


def test_records_name_choices_and_departments(city: City, visit: Begin) -> None:
    """How somebody was urged, which rhythm was set and to whom the task went are told in words of both languages."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("office1", task, "urge", {"channel": "phone", "note": "请尽快签收"})
    city.do("office1", task, "set_rhythm", {"rhythm": "weekly"})
    city.do("office1", task, "reassign", {"department": city.departments["ENE"], "reason": "职责调整"})
    office = visit("office1")
    page = office.get(f"/items/{task}").text
    for told in ("催办方式</span>&emsp;电话", "报告周期</span>&emsp;每周", "承办单位</span>&emsp;能源局"):
        assert told in page
    office.post("/preference", locale="en", next="/")
    page = office.get(f"/items/{task}").text
    assert "How</span>&emsp;Telephone" in page
    assert "&emsp;phone" not in page


def test_a_split_task_leads_to_its_parts_and_back(city: City, visit: Begin) -> None:
    """The parts of a split task are linked both ways; its record lists them with their departments."""
    task = city.task()
    city.do("office1", task, "assign")
    parts = [
        {"title": "北岸接入", "department": city.departments["ENE"], "due_on": "2026-04-01"},
        {"title": "南岸接入", "department": city.departments["POL"], "due_on": "2026-04-02"},
    ]
    city.do("office1", task, "split", {"parts": parts, "reason": "分片"})
    office = visit("office1")
    page = office.get(f"/items/{task}").text
    assert page.count("分解为") == len(parts)
    assert "1. 北岸接入 能源局 2026-04-01" in page
    assert "department" not in page.split('id="records"')[1].split("</section>")[0]
    part = next(line for line in page.splitlines() if "分解为" in line).split('href="')[1].split('"')[0]
    back = office.get(part).text
    assert "分解自" in back
    assert f'href="/items/{task}"' in back
