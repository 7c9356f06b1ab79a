"""The pages of a batch: rows without script, errors beside the fields, a file's preview, the result; splitting."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.models.item import Item, ItemLink
from tests.app.pages.conftest import Visit
from tests.app.services.batch.batches import add_document, count_items
from tests.city import NOW, City

Begin = Callable[[str], Visit]
CSV = "任务名称,牵头单位,完成期限\n信号机对接,交通局,2026-04-01\n预警推送,WEA,2026-03-07\n"
BAD = "任务名称,牵头单位,完成期限\n信号机对接,交通厅,3/4/2026\n"


def send(visitor: Visit, address: str, do: str, **fields: str) -> TestResponse:
    """Send the form of a batch; `r1__title` is the title of row 1."""
    fields.setdefault("key", visitor.key)
    return visitor.post(address, do=do, **fields)


def upload(visitor: Visit, text: str = CSV, address: str = "/tasks/batch") -> TestResponse:
    """Upload a file."""
    visitor.get(address)
    data = {"csrf_token": visitor.token, "file": (BytesIO(text.encode()), "任务.csv")}
    response = visitor.client.post(f"{address}/upload", data=data, content_type="multipart/form-data")
    visitor.last = response.text
    return response


def hidden(page: str, name: str) -> str:
    """Return a hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def packed(page: str) -> str:
    """Return the rows that a preview carries."""
    found = re.search(r'<textarea name="rows" hidden>(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return found[1].replace("&#34;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def test_rows_are_added_without_script_and_nothing_typed_is_lost(visit: Begin, city: City) -> None:
    """A button posts back; what was typed stays, more rows follow, nothing is written."""
    office = visit("office1")
    assert office.get("/tasks/batch").text.count('class="panel batch-row"') == 5
    page = send(office, "/tasks/batch", "more", r1__title="信号机", r5__requirement="按标准", r2__title="")
    assert page.status_code == 200
    assert page.text.count('class="panel batch-row"') == 8
    assert ">信号机</textarea>" in page.text
    assert ">按标准</textarea>" in page.text
    assert count_items(city) == 0


def test_faults_stand_beside_their_fields(visit: Begin, city: City) -> None:
    """Every fault at once, linked from the summary; the typed values stay; nothing is made."""
    office = visit("office1")
    office.get("/tasks/batch")
    page = send(office, "/tasks/batch", "make", r1__title="信号机", r1__due_on="2026-02-01", r2__supports="交通厅：图",
                r3__title="甲", r3__department=f"id:{city.departments['TRA']}", r3__due_on="明天")  # fmt: skip
    assert page.status_code == 422
    assert '<div class="invalid-feedback" id="r1-due_on-fault">期限不能早于今天（2026-03-02）。' in page.text
    assert '<a href="#r1-department">第1行，牵头单位：请填写。</a>' in page.text
    assert "没有部门“交通厅”，是否指“交通局”？" in page.text
    assert 'value="明天"' in page.text
    assert f'<option value="id:{city.departments["TRA"]}" selected>交通局</option>' in page.text
    assert count_items(city) == 0


def test_the_form_makes_tasks_once(visit: Begin, city: City) -> None:
    """Warnings are shown first, then the tasks are made; the same form sent again leads to the same result."""
    office, document = visit("office1"), add_document(city)
    address = f"/documents/{document}/tasks"
    assert "收〔2026〕0号" in office.get(address).text
    fields = {"r1.title": "周末到期", "r1.department": f"id:{city.departments['TRA']}", "r1.due_on": "2026-03-07",
              "key": office.key}  # fmt: skip
    first = send(office, address, "make", **fields)
    assert (first.status_code, count_items(city)) == (200, 0)
    assert "仍然交办" in first.text
    fields["seen"] = hidden(first.text, "seen")
    made = send(office, address, "make", **fields)
    again = send(office, address, "make", **fields)
    assert made.status_code == again.status_code == 303
    assert made.headers["Location"] == again.headers["Location"]
    assert count_items(city) == 1
    result = office.get(made.headers["Location"]).text
    assert "已生成1项任务" in result
    assert 'href="/items/1"' in result
    assert f"/documents/{document}" in result
    assert "周末到期" in office.get(f"/documents/{document}").text


def test_a_checked_form_says_so_and_shows_the_date(visit: Begin, city: City) -> None:
    """Checking writes nothing; a counted date stands below its field."""
    office = visit("office1")
    office.get("/tasks/batch")
    page = send(office, "/tasks/batch", "check", r1__title="甲", r1__department=f"id:{city.departments['TRA']}",
                r1__urgency="urgent")  # fmt: skip
    assert "1项任务核对无误" in page.text
    assert "计算为2026-03-09" in page.text
    assert count_items(city) == 0
    empty = send(office, "/tasks/batch", "check")
    assert (empty.status_code, "至少填写一项任务" in empty.text) == (422, True)


def test_a_file_is_previewed_then_made_by_one_button(visit: Begin, city: City) -> None:
    """The preview carries the rows; the same file again needs a word."""
    office = visit("office1")
    page = upload(office)
    assert (page.status_code, "交办2项任务" in page.text, "2026-03-07是休息日" in page.text) == (200, True, True)
    assert count_items(city) == 0
    fields = {name: hidden(page.text, name) for name in ("key", "seen", "sha256", "file")}
    made = send(office, "/tasks/batch", "make", rows=packed(page.text), **fields)
    assert (made.status_code, count_items(city)) == (303, 2)
    second = upload(office)
    assert "这个文件一天内已导入，生成了任务1至2，共2项。" in second.text
    fields = {name: hidden(second.text, name) for name in ("key", "seen", "sha256", "file")}
    refused = send(office, "/tasks/batch", "make", rows=packed(second.text), **fields)
    assert (refused.status_code, count_items(city)) == (409, 2)
    agreed = send(office, "/tasks/batch", "make", rows=packed(second.text), again="1", **fields)
    assert (agreed.status_code, count_items(city)) == (303, 4)


def test_a_faulty_file_is_mended_on_the_page(visit: Begin, city: City) -> None:
    """Faults are marked in their cells, there is no button to make; the rows can be edited, raw texts stay."""
    office = visit("office1")
    page = upload(office, BAD)
    assert page.status_code == 422
    assert "日、月次序不明" in page.text
    assert 'value="make"' not in page.text
    fields = {name: hidden(page.text, name) for name in ("key", "sha256", "file")}
    edit = send(office, "/tasks/batch", "edit", rows=packed(page.text), **fields)
    assert 'name="r2.title"' in edit.text
    assert 'value="3/4/2026"' in edit.text
    assert '<option value="交通厅" selected>交通厅</option>' in edit.text
    for broken in ("{", "[5]", '[{"n": "x", "v": {}}]', "5"):
        assert send(office, "/tasks/batch", "make", rows=broken).status_code == 422
    assert upload(office, "什么\n1\n").status_code == 422
    assert count_items(city) == 0


@pytest.mark.parametrize("number", ["1e400", "-1", "1.5", "true", '"1"', "null", "10000000000"])
def test_rows_that_no_preview_carries_are_refused(visit: Begin, city: City, number: str) -> None:
    """A number beyond every number is a fault of the input, none of the product."""
    office = visit("office1")
    office.get("/tasks/batch")
    rows = f'[{{"n":{number},"v":{{"title":"甲"}}}}]'
    refused = office.post("/tasks/batch", key=office.key, sha256="0" * 64, file="a.csv", rows=rows, do="make")
    assert refused.status_code == 422
    assert count_items(city) == 0


def test_only_the_office_opens_these_pages(visit: Begin, city: City) -> None:
    """403 for others on every one of them; the buttons of the list are the office's."""
    head = visit("tra_head")
    for address in ("/tasks/batch", "/tasks/new", "/tasks/batch/form.xlsx", "/tasks/batch/made/x",
                    f"/documents/{add_document(city)}/tasks"):  # fmt: skip
        assert head.get(address).status_code == 403
    assert upload(head).status_code == 403
    assert "/tasks/new" not in head.get("/tasks").text
    assert "/tasks/new" in visit("office1").get("/tasks").text
    assert visit("").get("/tasks/batch").status_code == 303
    assert visit("office1").get("/tasks/batch/made/unknown").status_code == 404
    assert visit("office1").get("/documents/999/tasks").status_code == 404


def test_the_form_is_handed_out(visit: Begin) -> None:
    """An XLSX to be saved under a Chinese name."""
    answer = visit("office1").get("/tasks/batch/form.xlsx")
    assert answer.data.startswith(b"PK")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_one_new_task(visit: Begin, city: City) -> None:
    """Refused with what was typed, then made; a broken key makes nothing."""
    office = visit("office1")
    office.get("/tasks/new")
    refused = office.post("/tasks/new", key=office.key, r0__title="甲", r0__requirement="写清要求")
    assert refused.status_code == 422
    assert '<a href="#r0-department">牵头单位：请填写。</a>' in refused.text
    assert ">写清要求</textarea>" in refused.text
    fields = {"r0.title": "甲", "r0.department": f"id:{city.departments['TRA']}", "r0.due_on": "2026-03-07"}
    assert office.post("/tasks/new", key="", **fields).status_code == 422
    assert count_items(city) == 0
    made = office.post("/tasks/new", key=office.key, **fields)
    assert made.headers["Location"] == "/items/1"
    assert "2026-03-07是休息日" in office.get("/items/1").text
    draft = office.post("/tasks/new", key="another", draft="1", again="1", **fields)
    assert city.state(int(draft.headers["Location"].rsplit("/", 1)[1])) == "draft"


def test_a_task_is_split_on_its_page(visit: Begin, city: City) -> None:
    """Six rows, more on demand, faults beside their fields, then the tasks are made."""
    office = visit("office1")
    task = city.task()
    city.do("office1", task, "assign")
    address = f"/items/{task}/actions/split"
    page = office.get(address).text
    assert page.count('class="batch-row part-row"') == 6
    version = hidden(page, "version")
    department = str(city.departments["ENE"])
    fields = {"version": version, "key": office.key, "f.reason": "分工明确", "f.parts.2.title": "采购",
              "f.parts.2.department": department, "f.parts.2.due_on": "2026-04-10",
              "f.parts.4.title": "安装", "f.parts.4.requirement": "六月底前"}  # fmt: skip
    more = office.post(address, more="parts", part_rows="6", **fields)
    assert more.status_code == 200
    assert more.text.count('class="batch-row part-row"') == 12
    assert 'value="2026-04-10"' in more.text
    assert hidden(more.text, "version") == version
    refused = office.post(address, **fields)
    assert refused.status_code == 422
    assert 'id="f-parts-2-department-fault"' in refused.text
    assert '<a href="#f-parts-2-due_on">' in refused.text
    assert ">六月底前</textarea>" in refused.text
    fields |= {"f.parts.4.department": department, "f.parts.4.due_on": "2026-04-20"}
    assert office.post(address, **fields).status_code == 303
    assert city.state(task) == "superseded"
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(ItemLink)).scalar_one() == 2


def test_what_an_item_is_merged_into_is_shown_first(visit: Begin, city: City) -> None:
    """An id says nothing: its title is looked up, then the form is sent again; an unknown one is told."""
    office = visit("office1")
    into, task = city.task("大任务"), city.task("小任务", "ENE")
    city.do("office1", task, "assign")
    address = f"/items/{task}/actions/merge"
    office.get(address)
    fields = {"version": "2", "key": office.key, "f.reason": "重复"}
    look = office.post(address, f__into=str(into), seen__into="", **fields)
    assert (look.status_code, city.state(task)) == (200, "assigned")
    assert "大任务、交通局、拟办" in look.text
    assert hidden(look.text, "seen.into") == str(into)
    unknown = office.post(address, f__into="999", seen__into="", **fields)
    assert "没有编号为999的事项" in unknown.text
    assert hidden(unknown.text, "seen.into") == ""
    done = office.post(address, f__into=str(into), seen__into=str(into), **fields)
    assert (done.status_code, city.state(task)) == (303, "superseded")


def test_departments_and_sections_are_chosen(visit: Begin, city: City) -> None:
    """The fields of kind department and choice offer words, not codes."""
    task = city.task()
    city.do("office1", task, "assign")
    office = visit("office1")
    page = office.get(f"/items/{task}/actions/reassign").text
    assert f'<option value="{city.departments["ENE"]}">能源局</option>' in page
    assert "电话" in office.get(f"/items/{task}/actions/urge").text


def test_a_request_shows_old_and_new_side_by_side(visit: Begin, city: City) -> None:
    """Its page says by whom, about which item, what holds, what is asked, what was granted."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "ask_extension", {"new_due_on": "2026-04-20", "reason": "到货晚", "progress": "六成"})
    with city.database.reading() as session:
        request = session.execute(select(Item.id).where(Item.kind == "request")).scalar_one()
    office = visit("office1")
    page = office.get(f"/items/{request}").text
    panel = page[page.index('id="request"') :]
    assert panel.index("2026-04-01") < panel.index("2026-04-20") < panel.index(f'href="/items/{task}"')
    assert "测试tra_head" in panel
    city.do("office1", request, "approve", {"new_due_on": "2026-04-15"})
    assert '<td class="b is-green">2026-04-15</td>' in office.get(f"/items/{request}").text
    assert 'id="request"' not in office.get(f"/items/{task}").text


def test_a_closed_document_is_told_and_nothing_typed_is_lost(visit: Begin, city: City) -> None:
    """Somebody closes the document while the form is open: 409 in words, the rows stay."""
    office, document = visit("office1"), add_document(city, closed_at=NOW)
    address = f"/documents/{document}/tasks"
    office.get(address)
    page = send(office, address, "make", r1__title="甲")
    assert (page.status_code, "已办结，不能再由此交办" in page.text) == (409, True)
    assert ">甲</textarea>" in page.text
    assert upload(office, CSV, address).status_code == 409
