"""Lists: filters live in the address, pages follow on, search and order read Chinese (cases P86, P87)."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from markupsafe import escape
from sqlalchemy import event, insert, update

from app.edge.listing import exporting
from app.models.item import Project
from app.models.personal import SavedView
from app.services.entering import NewItem
from tests.app.pages.conftest import Visit
from tests.city import NOW, City

Begin = Callable[[str], Visit]
TITLE = re.compile(r'<a class="title" href="[^"]+">([^<]+)</a>')
NEXT = re.compile(r'rel="next" href="([^"]+)"')


def titles(page: str) -> list[str]:
    return TITLE.findall(page)


@pytest.mark.parametrize("query", ["数据", "共享平台", "平台", "建设", "数据 平台", "  数据　平台 "])
def test_search_in_chinese(city: City, visit: Begin, query: str) -> None:
    """P86: any part of a title finds it, two words as AND."""
    city.task("跨部门数据共享平台建设")
    city.task("无关事项")
    assert titles(visit("office1").get("/tasks", query_string={"q": query}).text) == ["跨部门数据共享平台建设"]


@pytest.mark.parametrize("query", ["%", "_", "100%'", '"', "\\"])
def test_wildcards_are_literal(city: City, visit: Begin, query: str) -> None:
    """P86: wildcards and quotes in a search stand for themselves."""
    city.task("无关事项")
    city.task(f"含{query}的事项")
    page = visit("office1").get("/tasks", query_string={"q": query}).text
    assert titles(page) == [str(escape(f"含{query}的事项"))]


def test_titles_by_pinyin(city: City, visit: Begin) -> None:
    """P87: the order by title is that of pinyin, both ways, and the head says which."""
    for title in ("周报", "安全", "沈阳", "Zhang"):
        city.task(title)
    office = visit("office1")
    page = office.get("/tasks?sort=title").text
    upwards = titles(page)
    assert [title for title in upwards if title != "Zhang"] == ["安全", "沈阳", "周报"]
    assert 'aria-sort="ascending"' in page
    assert titles(office.get("/tasks?sort=-title").text) == upwards[::-1]


def test_filters(city: City, visit: Begin) -> None:
    """Light, state, department, lateness and openness restrict the list; the controls show what is chosen."""
    city.task("早已到期", due_on=date(2026, 2, 2))
    done = city.task("能源的", lead="ENE")
    city.do("office1", done, "assign")
    office = visit("office1")
    assert titles(office.get("/tasks?overdue=1").text) == ["早已到期"]
    assert titles(office.get("/tasks?light=red").text) == ["早已到期"]
    page = office.get(f"/tasks?state=assigned&department={city.departments['ENE']}").text
    assert titles(page) == ["能源的"]
    assert 'value="assigned" selected' in page
    city.do("office1", done, "cancel", {"reason": "不办"})
    assert titles(office.get("/tasks").text) == ["早已到期"]
    assert titles(office.get("/tasks?view=closed").text) == ["能源的"]


def test_empty_list_says_why(city: City, visit: Begin) -> None:
    """An empty list names the filter that caused it and leads out of it."""
    city.task()
    page = visit("office1").get("/tasks?light=red&q=没有").text
    assert "没有符合筛选的事项" in page
    assert "“没有”、红灯" in page
    assert 'href="/tasks">清除筛选' in page


def test_a_search_says_what_it_leaves_out(city: City, visit: Begin) -> None:
    """Open items are searched; how many closed ones match is said, with their address, both ways."""
    closed = city.task("旧的共享平台")
    city.do("office1", closed, "cancel", {"reason": "重复"})
    office = visit("office1")
    page = office.get("/items?q=共享平台").text
    assert titles(page) == []
    assert "另有1件已了结的符合" in page
    found = re.search(r'href="(/items[^"]*)">一并查看', page)
    assert found is not None
    assert titles(office.get(found[1].replace("&amp;", "&")).text) == ["旧的共享平台"]
    city.task("新的共享平台")
    assert "另有1件已了结的符合" in office.get("/items?q=共享平台").text
    assert "另有1件在办的符合" in office.get("/items?q=共享平台&view=closed").text
    assert "一并查看" not in office.get("/items?q=共享平台&view=all").text
    assert "一并查看" not in office.get("/items?q=别的").text


def test_a_bare_number_finds_its_item(city: City, visit: Begin) -> None:
    """The search takes numbers, so 12 finds Task 12; nothing found says what is searched."""
    item_id = city.task("甲项")
    city.task("乙项")
    office = visit("office1")
    assert titles(office.get(f"/items?q={item_id}").text) == ["甲项"]
    assert "按承办人、单位查找，请用筛选" in office.get("/items?q=何行简").text


def test_a_page_says_how_many_rows_it_has(city: City, visit: Begin) -> None:
    """A list that is shown whole tells its count, a page of a longer one the page's."""
    office = visit("office1")
    city.enter(*(NewItem("task", f"第{number}项", city.departments["TRA"]) for number in range(3)))
    assert "共3件" in office.get("/tasks").text
    city.enter(*(NewItem("task", f"又{number}项", city.departments["TRA"]) for number in range(30)))
    assert "本页25件" in office.get("/tasks").text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/items?kind=zzz", "kind=zzz"), ("/tasks?due_from=abc", "due_from=abc"),
        ("/tasks?department=无此局", "department="),
        ("/tasks?light=red,blue", "light=blue"), ("/tasks?rung=9", "rung=9"), ("/inbox?kind=zzz", "kind=zzz"),
        ("/calendar?year=abc", "year=abc"), ("/slips?colour=pink", "colour=pink"), ("/escalations?cause=x", "cause=x"),
        ("/documents?kind=zzz", "kind=zzz"), ("/records?from=abc", "from=abc"),
    ],
)  # fmt: skip
def test_an_unknown_filter_is_told(city: City, visit: Begin, address: str, told: str) -> None:
    """What was left out of an address is named above the list, so that nobody takes it for filtered."""
    city.task()
    page = visit("office1").get(address).text
    assert "地址中的筛选条件无法识别" in page
    assert f"<code>{told}" in page


@pytest.mark.parametrize("address", ["/tasks?light=red&department=TRA&rung=2", "/slips?state=", "/calendar"])
def test_known_filters_are_not_told_of(city: City, visit: Begin, address: str) -> None:
    """A page that understood its address says nothing; hostile values are text where they are told."""
    office = visit("office1")
    city.task()
    assert "无法识别" not in office.get(address).text
    assert "<script>x" not in office.get("/tasks", query_string={"light": "<script>x"}).text


def test_budgets_are_a_column(city: City, visit: Begin) -> None:
    """The list of projects offers the budget, its export takes amount and currency along."""
    project = city.project("有预算的项目")
    with city.database.writing() as session:
        session.execute(update(Project).where(Project.item_id == project).values(budget_fen=123456789))
    office = visit("office1")
    page = office.get("/projects?columns=budget").text
    assert "1,234,567.89 元" in page
    assert 'value="budget" checked' in page
    assert 'value="budget"' not in office.get("/tasks").text
    rows = office.get("/items/export.csv?kind=project&columns=budget").data.decode("utf-8-sig").splitlines()
    assert rows[0].endswith("预算,币种")
    assert rows[1].endswith("1234567.89,CNY")
    assert office.get("/items/export.xlsx?kind=project&columns=budget").data.startswith(b"PK")


def test_an_export_has_the_numbers_of_the_list(city: City, visit: Begin) -> None:
    """A row without an official number carries what the list calls it, in the list's language."""
    item_id = city.task("甲项")
    office = visit("office1")
    assert f"任务{item_id},甲项" in office.get("/items/export.csv?columns=title").data.decode("utf-8-sig")
    office.client.set_cookie("lang", "en")
    assert f"Task {item_id},甲项" in office.get("/items/export.csv?columns=title").data.decode("utf-8-sig")


def test_next_page_follows_on(city: City, visit: Begin) -> None:
    """P94: pages show every item once, though all have one due date."""
    names = [f"第{number:02d}项" for number in range(60)]
    city.enter(*(NewItem("task", name, city.departments["TRA"], due_on=date(2026, 4, 1)) for name in names))
    office = visit("office1")
    seen: list[str] = []
    address = "/tasks?view=all"
    for _ in range(5):
        page = office.get(address).text
        seen += titles(page)
        found = NEXT.search(page)
        if found is None:
            break
        address = found[1].replace("&amp;", "&")
    assert sorted(seen) == sorted(names)


def test_broken_address_is_harmless(city: City, visit: Begin) -> None:
    """Unknown values of filters are left out; a broken place in the list is told of, never a fault of ours."""
    city.task("在")
    office = visit("office1")
    assert titles(office.get("/tasks?light=blue&sort=x&department=abc&view=?&overdue=maybe").text) == ["在"]
    response = office.get("/tasks?cursor=zzz")
    assert response.status_code == 422
    assert "翻页标记无效" in response.text


def test_others_do_not_see_what_is_not_theirs(city: City, visit: Begin) -> None:
    """Lists show what `item_access` lets the visitor read."""
    city.task("交通的")
    assert titles(visit("wea_staff").get("/tasks").text) == []
    assert titles(visit("tra_staff").get("/tasks").text) == ["交通的"]


def test_home_shows_what_waits_for_me(city: City, visit: Begin) -> None:
    """My work: what waits for one of the visitor's posts, signatures too, and nothing else."""
    task = city.task("待交办的")
    project = city.project("待会签的")
    city.do("tra_head", project, "submit")
    assert "待交办的" in visit("office1").get("/").text
    assert "待会签的" not in visit("leader").get("/").text
    signer = visit("ene_head").get("/").text
    assert "待会签的" in signer
    assert "签署" in signer
    city.do("office1", task, "assign")
    assert "没有等您处理的事项" in visit("office1").get("/").text
    assert "待交办的" in visit("tra_staff").get("/").text
    city.do("ene_head", project, "sign", {"verdict": "agree"})
    assert "待会签的" in visit("leader").get("/").text


def test_report_page(city: City, visit: Begin) -> None:
    """The report page offers the months from the first record on; the address of earlier versions leads to it."""
    city.project()
    office = visit("office1")
    page = office.get("/reports?kind=progress").text
    assert '<option value="2026-03" selected>2026年3月（未结束，截至现在）</option>' in page
    assert 'value="2026-02"' not in page
    response = office.get("/reports/progress.pdf?month=2026-02&lang=en")
    assert response.headers["Location"] == "/reports?kind=progress&period=2026-02&lang=en"


def test_progress_column_only_where_there_is_progress(city: City, visit: Begin) -> None:
    """A list of which no item has progress leaves the column out; one report brings it back."""
    task = city.task()
    office = visit("office1")
    page = office.get("/tasks").text
    assert '<th scope="col">进度</th>' not in page
    assert 'class="c-bar' not in page
    city.do("office1", task, "assign")
    city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "start")
    city.do("tra_staff", task, "report", {"text": "过半", "progress_pct": "60", "forecast_on": "2026-03-31"})
    page = office.get("/tasks").text
    assert '<th scope="col">进度</th>' in page
    assert 'class="c-bar' in page


def test_more_filters_by_address(city: City, visit: Begin) -> None:
    """Every filter of docs/lists.md works from the address; those behind "more" are counted and told."""
    lead = city.task("牵头的", due_on=date(2026, 5, 1), urgency="urgent", details={"source_kind": "letter"})
    city.task("配合的", lead="ENE", supports=("TRA",), due_on=date(2026, 6, 1))
    office, tra = visit("office1"), city.departments["TRA"]
    cases = {
        f"department=id:{tra}&part=lead": ["牵头的"], f"department={tra}&part=support": ["配合的"],
        "department=TRA": ["牵头的", "配合的"], "urgency=urgent": ["牵头的"], "source=letter": ["牵头的"],
        "due_from=2026-05-02": ["配合的"], "due_until=2026-05-31": ["牵头的"], "rung=2": [], "assignee=me": [],
        "view=mine": [], "sort=-due": ["配合的", "牵头的"],
        f"q=任务{lead}": ["牵头的"], "state=draft": ["牵头的", "配合的"],
        "view=open&state=draft": ["牵头的", "配合的"], "closed_from=2026-01-01": [], "parent=999": [],
    }  # fmt: skip
    for query, wanted in cases.items():
        assert titles(office.get(f"/tasks?{query}").text) == wanted, query
    page = office.get("/tasks?urgency=urgent&due_from=2026-01-01").text
    assert '<b class="count-chip">2</b>' in page
    assert "筛选：急件、期限2026-01-01及以后" in page
    assert '<option value="urgent" selected>' in page


def test_columns_are_chosen_in_the_address(city: City, visit: Begin) -> None:
    """`columns` names what is shown, the title always; the next page and the sorts keep it."""
    city.task("甲", urgency="urgent")
    office = visit("office1")
    page = office.get("/tasks?columns=urgency&columns=created").text
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)', page)
    assert heads == ["事项", "缓急", "登记日期"]
    assert "急件" in page
    assert "2026-03-02" in page
    assert (
        "sort=-title&amp;columns=title,urgency,created" in office.get("/tasks?columns=urgency,created&sort=title").text
    )


def test_a_view_is_saved_shared_and_taken_away(city: City, visit: Begin) -> None:
    """A saved view stands among the tabs, marked when its list is shown; a shared one at everybody's, by permission."""
    city.task("早已到期", due_on=date(2026, 2, 2))
    office = visit("office1")
    office.get("/tasks?light=red&sort=title")
    fields = {"place": "tasks", "query": "light=red&sort=title", "name": "全市红灯"}
    assert office.post("/views", **fields, shared="1").headers["Location"] == "/tasks?light=red&sort=title"
    page = office.get("/tasks?sort=title&light=red").text
    assert re.search(r'aria-current="page" title="共享视图">.*全市红灯', page)
    staff = visit("wea_staff")
    page = staff.get("/tasks").text
    assert "全市红灯" in page
    assert titles(staff.get("/tasks?light=red&sort=title").text) == []
    found = re.search(r'action="(/views/\d+/delete)"', office.get("/tasks?light=red&sort=title").text)
    assert found is not None
    assert "/delete" not in staff.get("/tasks?light=red&sort=title").text
    assert staff.post(found[1], place="tasks").status_code == 404
    assert office.post(found[1], place="tasks").headers["Location"] == "/tasks"
    assert "全市红灯" not in office.get("/tasks").text


def test_a_refused_view_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """The list is shown again with the form open, the sentence beside the field, the filters as they were."""
    city.task("甲")
    staff = visit("tra_staff")
    staff.get("/tasks")
    response = staff.post("/views", place="tasks", query="light=red", name="<b>" + "长" * 40)
    assert response.status_code == 422
    assert "最多30字，现为43字" in response.text
    assert 'value="&lt;b&gt;长' in response.text
    assert 'value="red" checked' in response.text
    assert staff.post("/views", place="tasks", query="", name="甲", shared="1").status_code == 403
    assert staff.post("/views", place="slips", query="", name="甲").status_code == 404


@pytest.mark.parametrize(
    "query", ["light=blue&%00&parent=x", "state=gone_state&kind=fund", "&&&=", "columns=x&cursor=zzz"]
)
def test_a_bad_stored_view_breaks_no_page(city: City, visit: Begin, query: str) -> None:
    """What an older release or a hand stored and nobody understands any more is left out."""
    city.task("甲")
    with city.database.writing() as session:
        session.execute(
            insert(SavedView).values(person_id=city.people["office1"], place="tasks", name="<i>旧", query=query,
                                     is_shared=True, created_at=NOW)
        )  # fmt: skip
    office = visit("office1")
    page = office.get("/tasks")
    assert page.status_code == 200
    found = re.search(r'href="([^"]+)"[^>]*><i class="bi bi-people" aria-hidden="true"></i> &lt;i&gt;旧', page.text)
    assert found is not None
    assert office.get(found[1].replace("&amp;", "&")).status_code == 200


def test_export_from_the_page(city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The links of a list give exactly its rows and columns, by permission; too many rows lead to long work."""
    city.task("甲项")
    city.task("乙项", lead="WEA")
    office = visit("office1")
    page = office.get("/tasks?q=项&columns=urgency").text
    found = re.search(r'href="(/items/export\.csv[^"]*)"', page)
    assert found is not None
    response = office.get(found[1].replace("&amp;", "&"))
    assert response.mimetype == "text/csv"
    assert response.data.decode("utf-8-sig").splitlines()[0] == "编号,事项,督办级别,缓急"
    assert response.text.count("项,") == 3  # the head, and two rows
    assert visit("wea_staff").get("/items/export.csv?kind=task").text.count("项,") == 2
    assert office.get("/items/export.xlsx?kind=task").data.startswith(b"PK")
    assert office.get("/items/export.doc").status_code == 404
    monkeypatch.setattr(exporting, "EXPORT_MAX", 1)
    response = office.get("/items/export.csv?kind=task")
    assert response.status_code == 409
    assert 'name="query" value="kind=task"' in response.text
    assert "在后台导出" in response.text


def test_statements_and_size_do_not_grow(city: City, visit: Begin) -> None:
    """The same number of statements at 30 and at 300 items; a page stays far below 200 KB of HTML."""

    def enter(count: int) -> None:
        lead, supports = city.departments["TRA"], [(city.departments["ENE"], "接口", None)]
        city.enter(
            *(NewItem("task", f"数据事项{n}", lead, due_on=date(2026, 4, 1), supports=supports) for n in range(count))
        )

    office = visit("office1")
    address = "/tasks?columns=light,lead,state,progress,assignee,parent,source,due&department=TRA&q=数据"
    engine = office.client.application.extensions["lianban"].database.engine
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(str(args[2])))
    counts = []
    for more in (30, 270):
        enter(more)
        office.get(address)
        seen.clear()
        page = office.get(address)
        counts.append(len(seen))
        assert len(page.data) < 200_000
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "name"),
    [("department=无此局", "department"), ("due_from=soon", "due_from"), ("rung=99", "rung"), ("x=1", "")],
)
def test_an_export_never_gives_more_than_was_asked_for(visit: Begin, city: City, query: str, name: str) -> None:
    """A page says what it left out; a file cannot: it is refused with the filter's name."""
    city.task("数据对接")
    office = visit("office1")
    refused = office.get(f"/items/export.csv?view=all&{query}")
    assert refused.status_code == 422
    assert name in refused.text
    assert "数据对接" not in refused.text
    assert office.get("/items/export.csv?view=all&due_from=2026年1月1日").status_code == 200
