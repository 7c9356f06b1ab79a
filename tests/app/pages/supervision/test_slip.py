"""Pages of slips: the list, one slip on the common page, records, papers; requests on the same page."""

from collections.abc import Callable

from sqlalchemy import select

from app.jobs.sweep import run_sweep
from app.models.item import Item
from app.services.entering import NewItem
from tests.app.pages.conftest import Visit
from tests.app.services.acts import rows
from tests.app.services.supervision.stalling import slips
from tests.city import City
from tests.sweeping import local, make_tools, running_task


def _stalled(city: City) -> tuple[int, int]:
    """Return a task whose receipt is overdue since before NOW, and its yellow slip."""
    at = local(2026, 2, 24)
    (task,) = city.enter(
        NewItem("task", "信号机对接", city.departments["TRA"], due_on=local(2026, 6, 1).date()), now=at
    )
    city.do("office1", task, "assign", now=at)
    assert run_sweep(make_tools(city, local(2026, 3, 2)), local(2026, 3, 2), source="test").faults == ()
    return task, slips(city, task)[0].id


def test_a_slip_is_listed_shown_and_answered(city: City, visit: Callable[[str], Visit]) -> None:
    """The head finds the slip in my work and in the list, reads its grounds, and answers through the form."""
    task, slip = _stalled(city)
    head = visit("tra_head")
    home = head.get("/").text
    assert "预警单：信号机对接" in home
    listed = head.get("/slips").text
    assert "单：" not in listed  # the colour says which paper it is
    assert "预警〔2026〕1号" in listed
    assert f"/items/{slip}" in listed
    page = head.get(f"/items/{slip}").text
    for piece in ("请您答复或申诉", "答复单位：交通局", "超过签收时限仍未签收", "督办依据", f'href="/items/{task}"',
                  f"/slips/{slip}.pdf", "请立即签收"):  # fmt: skip
        assert piece in page, piece
    assert "预警单：信号机对接" in head.get(f"/items/{task}").text
    form = head.get(f"/items/{slip}/actions/answer")
    assert form.status_code == 200
    sent = head.post(f"/items/{slip}/actions/answer", version="2", key=head.key, f__answer="已签收")
    assert sent.status_code == 303
    assert slips(city, task)[0].state == "answered"
    office = visit("office1")
    assert "预警单：信号机对接" in office.get("/").text
    assert "已签收" in office.get(f"/items/{slip}").text


def test_the_list_filters_and_says_when_it_is_empty(city: City, visit: Callable[[str], Visit]) -> None:
    """Filters live in the address; unknown values are left out; a stranger sees nothing."""
    _, slip = _stalled(city)
    office = visit("office1")
    address = f"/items/{slip}"
    department = city.departments["TRA"]
    for query in ("colour=yellow", "state=issued", f"department={department}", "view=all&from=2026-03-01&to=2026-03-02",
                  "colour=odd&state=odd&department=odd&view=odd&from=odd"):  # fmt: skip
        assert address in office.get(f"/slips?{query}").text, query
    for query in ("colour=red", "state=drafted", "view=closed", "from=2026-03-03"):
        page = office.get(f"/slips?{query}").text
        assert address not in page, query
        assert "没有符合筛选的督办单" in page or "没有未结的督办单" in page
    assert address not in visit("pol_head").get("/slips").text
    assert office.get("/items?q=预警〔2026〕1号").text.count(address) >= 1


def test_records_lead_to_their_slips(city: City, visit: Callable[[str], Visit]) -> None:
    """The departments' records of a period, with the way to the slips counted."""
    _stalled(city)
    page = visit("office1").get("/records").text
    assert "交通局" in page
    assert f"/slips?view=all&amp;department={city.departments['TRA']}&amp;from=2026-01-01&amp;to=2026-03-02" in page
    assert "这一时段没有督办记录" in visit("office1").get("/records?from=2025-02-01&to=2025-01-01").text


def test_papers_are_sent_to_who_may_read_them(city: City, visit: Callable[[str], Visit]) -> None:
    """The links of a page lead to PDFs; for others there is nothing."""
    task, slip = _stalled(city)
    head = visit("tra_head")
    paper = head.get(f"/slips/{slip}.pdf")
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    link = next(part for part in head.get(f"/items/{task}").text.split('"') if part.startswith("/reminders/"))
    assert head.get(link.replace("&amp;", "&")).data[:5] == b"%PDF-"
    assert visit("pol_head").get(f"/slips/{slip}.pdf").status_code == 404


def test_a_request_is_shown_on_the_common_page(city: City, visit: Callable[[str], Visit]) -> None:
    """A request below its subject: kind, reason, dates, who asks; it waits in the office's my work."""
    task = running_task(city)
    city.do(
        "tra_head",
        task,
        "ask_extension",
        {"new_due_on": "2026-06-01", "reason": "设备未到货", "progress": "已完成一半"},
    )
    request = rows(city, select(Item.id).where(Item.kind == "request"))[0][0]
    office = visit("office1")
    assert f"/items/{request}" in office.get("/").text
    page = office.get(f"/items/{request}").text
    for piece in ("延期申请", "设备未到货", "2026-06-01", "已完成一半", "申请单位：交通局", f'href="/items/{task}"'):
        assert piece in page, piece
    assert "各项申请" in office.get(f"/items/{task}").text
    assert office.get(f"/items/{request}/actions/approve").status_code == 200
    assert "Extension" in office.get(f"/items/{request}?lang=en").text
