"""Remarks, copies and the archive on the pages, without script; evidence in the form of a submission."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.app.pages.conftest import Visit
from tests.app.services.on_item.adding import archive, close, copy, read, write
from tests.app.services.on_item.test_evidence import add_file, task_with_criteria
from tests.city import City

Begin = Callable[[str], Visit]


def key_of(visit: Visit, form: str) -> str:
    """Return the key of the form that stands behind `form` on the page read last."""
    found = re.search(r'name="key" value="([^"]+)"', visit.last.partition(form)[2])
    return found[1] if found else ""


def test_a_remark_is_written_on_the_items_page(city: City, visit: Begin) -> None:
    """Written, told who was reminded, shown with its mention; the same form sent again writes nothing more."""
    task = city.task(supports=("ENE",))
    staff = visit("ene_staff")
    page = staff.get(f"/items/{task}").text
    assert "内部备注：能源局内部可见，审计人员可查" in page
    key = key_of(staff, 'id="remark-form"')
    for _ in range(2):
        answer = staff.post(f"/items/{task}/remarks", key=key, text="@测试tra_head 请看", sort="remark")
        assert (answer.status_code, answer.location) == (303, f"/items/{task}#remarks")
    page = staff.get(f"/items/{task}").text
    assert "留言已发出。已提醒：测试tra_head。" in page
    assert '<b class="mention">@测试tra_head</b>' in page
    assert len(read(city, "tra_head", task)) == 1
    assert "@测试tra_head" in visit("tra_head").get(f"/items/{task}").text


def test_the_same_words_from_a_fresh_form_are_asked_about(city: City, visit: Begin) -> None:
    """Whoever goes back and sends it once more is asked; with the tick it is another remark."""
    task = city.task()
    staff = visit("tra_staff")
    staff.get(f"/items/{task}")
    staff.post(f"/items/{task}/remarks", key=key_of(staff, 'id="remark-form"'), text="收到")
    staff.get(f"/items/{task}")
    asked = staff.post(f"/items/{task}/remarks", key=key_of(staff, 'id="remark-form"'), text="收到")
    assert asked.status_code == 409
    assert "您刚才已提交过同样的内容" in asked.text
    assert ">收到</textarea>" in asked.text
    assert len(read(city, "tra_head", task)) == 1


def test_a_refused_mention_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """422, the sentence names who may not read; text and sort stay."""
    task = city.task()
    staff = visit("tra_staff")
    staff.get(f"/items/{task}/remarks")
    sort = f"note.{city.departments['TRA']}"
    answer = staff.post(
        f"/items/{task}/remarks",
        key=staff.key,
        text="请@wea_head 协助",
        sort=sort,
        mention=str(city.people["wea_head"]),
    )
    assert answer.status_code == 422
    assert "测试wea_head不能查看本部门的内部备注" in answer.text
    assert "请@wea_head 协助</textarea>" in answer.text
    assert f'value="{sort}" selected' in answer.text
    assert read(city, "tra_head", task) == ()


def test_hostile_text_is_text(city: City, visit: Begin) -> None:
    """Case: markup and links in a remark, on both pages."""
    task = city.task()
    write(city, "tra_staff", task, '"><img src=x onerror=alert(1)> [x](javascript:alert(1)) @测试tra_head')
    head = visit("tra_head")
    for address in (f"/items/{task}", f"/items/{task}/remarks"):
        page = head.get(address).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt; [x](javascript:alert(1))" in page


def test_internal_notes_show_to_their_department_alone(city: City, visit: Begin) -> None:
    """Decision 0027: on both pages; the office sees neither note nor sign of one."""
    task = city.task(supports=("ENE",))
    write(city, "tra_staff", task, "口径七三一", is_note=True)
    for login, is_shown in (("tra_head", True), ("auditor", True), ("office1", False), ("ene_head", False)):
        visitor = visit(login)
        for address in (f"/items/{task}", f"/items/{task}/remarks"):
            page = visitor.get(address).text
            assert ("口径七三一" in page) is is_shown, (login, address)
            assert ("内部备注，仅交通局可见" in page) is is_shown, (login, address)


def test_ones_own_remark_is_corrected_and_withdrawn(city: City, visit: Begin) -> None:
    """Both texts stand, marked; then the text goes and the place stays."""
    task = city.task()
    remark = write(city, "tra_staff", task, "周三开会").remark_id
    other = visit("tra_head")
    assert f"/remarks/{remark}/correct" not in other.get(f"/items/{task}/remarks").text
    staff = visit("tra_staff")
    assert f"/remarks/{remark}/correct" in staff.get(f"/items/{task}/remarks").text
    empty = staff.post(f"/remarks/{remark}/correct", text=" ")
    assert empty.status_code == 422
    assert staff.post(f"/remarks/{remark}/correct", text="周四开会").location.endswith(f"#remark-{remark}")
    page = other.get(f"/items/{task}/remarks").text
    assert all(text in page for text in ("周四开会", "周三开会", "已修改"))
    assert staff.post(f"/remarks/{remark}/withdraw").status_code == 303
    page = other.get(f"/items/{task}/remarks").text
    assert "这条留言已由交通局 测试tra_staff撤回。" in page
    assert "周四开会" not in page
    assert "周四开会" in visit("auditor").get(f"/items/{task}/remarks").text


def test_people_are_offered_as_they_are_typed(city: City, visit: Begin) -> None:
    """What the script asks: scoped, by name; for a note the department's own."""
    task = city.task(supports=("ENE",))
    staff = visit("tra_staff")
    found = staff.get(f"/items/{task}/remarks/people?q=ene_s").json
    assert found == [{"id": city.people["ene_staff"], "name": "测试ene_staff", "department": "能源局"}]
    note = staff.get(f"/items/{task}/remarks/people?q=&sort=note.{city.departments['TRA']}").json
    assert note is not None
    assert {row["name"] for row in note} == {"测试tra_head", "测试tra_staff2"}
    assert visit("wea_head").get(f"/items/{task}/remarks/people?q=").status_code == 404


def test_a_copy_is_read_by_opening_the_item(city: City, visit: Begin) -> None:
    """Sent by names and departments; in the receiver's list; opened it is read, and the sender sees so."""
    task = city.task()
    office = visit("office1")
    page = office.get(f"/items/{task}/copies").text
    assert "还没有" not in page
    bad = office.post(f"/items/{task}/copies", key=office.key, people="测试wea_head、没有此人", note="供了解")
    assert bad.status_code == 422
    assert "没有名叫没有此人的人员。" in bad.text
    assert "测试wea_head、没有此人" in bad.text
    office.get(f"/items/{task}/copies")
    sent = office.post(
        f"/items/{task}/copies", key=office.key, people="测试wea_head", department=str(city.departments["POL"]),
        note="供了解",
    )  # fmt: skip
    assert sent.status_code == 303
    page = office.get(f"/items/{task}/copies").text
    assert "已抄送：测试wea_head、测试pol_head。" in page
    assert page.count("<b>未阅</b>") == 2
    receiver = visit("wea_head")
    listed = receiver.get("/copies?unread=1").text
    assert "主城区信号机数据对接" in listed
    assert "供了解" in listed
    assert receiver.get(f"/items/{task}").status_code == 200
    assert "没有未阅的抄送" in receiver.get("/copies?unread=1").text
    page = office.get(f"/items/{task}/copies").text
    assert page.count("<b>未阅</b>") == 1
    (copy_id,) = re.findall(r"/copies/(\d+)/withdraw", page)
    assert office.post(f"/copies/{copy_id}/withdraw").status_code == 303
    assert visit("pol_head").get(f"/items/{task}").status_code == 404


def test_an_archived_item_is_read_only_on_its_page(city: City, visit: Begin) -> None:
    """No step, no form; the number; out again by the director with a reason."""
    task = city.task()
    close(city, task)
    office = visit("office1")
    office.get(f"/items/{task}")
    assert office.post(f"/items/{task}/archive", retention="years_10").status_code == 303
    page = office.get(f"/items/{task}").text
    assert "已归档，档号WS·2026-D10-0001。" in page
    assert "事项已归档，只能查阅。" in page
    for gone in ('id="remark-form"', "上传附件", f"/items/{task}/unarchive", "next-say"):
        assert gone not in page
    assert "主城区信号机数据对接" in office.get("/archive").text
    assert "主城区信号机数据对接" not in office.get("/tasks?view=closed").text
    assert "主城区信号机数据对接" in office.get("/tasks?archived=only").text
    refused = office.post(f"/items/{task}/remarks", key="k", text="迟到的话")
    assert refused.status_code == 409
    assert "事项已归档" in refused.text
    director = visit("director")
    assert f"/items/{task}/unarchive" in director.get(f"/items/{task}").text
    assert director.post(f"/items/{task}/unarchive", reason="").status_code == 303
    assert "请填写撤销归档的原因。" in director.get(f"/items/{task}").text
    director.post(f"/items/{task}/unarchive", reason="补充材料")
    page = director.get(f"/items/{task}").text
    assert "已撤销归档，可以继续办理。" in page
    assert "曾撤销归档：补充材料" in page


@pytest.mark.parametrize("number", [1, 30])
def test_the_items_page_asks_the_same_however_much_was_added(city: City, app: Flask, visit: Begin, number: int) -> None:
    """One statement for remarks and copies together, however many there are."""
    task = city.task(supports=("ENE",))
    for one in range(number):
        write(city, "tra_staff", task, f"第{one}条 @测试tra_staff2", is_note=one % 2 == 0)
    if number > 1:
        copy(city, "office1", task, "wea_head", "pol_head")
    head = visit("tra_head")
    head.get(f"/items/{task}")
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:  # noqa: ANN401  # SQLAlchemy's arguments
        found.append(statement)

    engine = app.extensions["lianban"].database.engine
    event.listen(engine, "before_cursor_execute", note)
    head.get(f"/items/{task}")
    event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in found if "FROM remark " in one]) == 1
    assert len([one for one in found if "FROM item_copy " in one]) == 1


def test_answers_are_given_with_their_files_and_judged_side_by_side(city: City, visit: Begin) -> None:
    """The form of the submission offers the item's files at each criterion; the verifier sees all three together."""
    task = task_with_criteria(city)
    file_id = add_file(city, task)
    staff = visit("tra_staff")
    page = staff.get(f"/items/{task}/actions/submit").text
    assert f'name="f.answers.1.file.{file_id}"' in page
    version = str(city.version(task))
    fields = {"f__evidence": "见附件", "f__answers__1": "已通过", f"f__answers__1__file__{file_id}": "1"}
    refused = staff.post(f"/items/{task}/actions/submit", version=version, key=staff.key, **fields)
    assert refused.status_code == 409
    assert "第2条“形成测试报告”" in refused.text
    assert ">已通过</textarea>" in refused.text
    assert re.search(rf'name="f.answers.1.file.{file_id}" value="1" checked', refused.text)
    staff.get(f"/items/{task}/actions/submit")
    fields["f__answers__2"] = "报告已附"
    assert staff.post(f"/items/{task}/actions/submit", version=version, key=staff.key, **fields).status_code == 303
    page = visit("office1").get(f"/items/{task}/actions/verify").text
    for text in ("接口联调通过", "已通过", "形成测试报告", "报告已附", f"/attachments/{file_id}/content"):
        assert text in page


def test_english_pages_have_no_chinese_texts_of_ours(city: City, visit: Begin) -> None:
    """Both languages: forms and notes of the archive, of copies, of remarks."""
    task = city.task()
    write(city, "tra_staff", task, "note", is_note=True)
    close(city, task)
    archive(city, "office1", task)
    head = visit("tra_head")
    head.client.set_cookie("lang", "en")
    assert "Archived: it can be read, not changed." in head.get(f"/items/{task}").text
    assert "Internal note, 交通局 only" in head.get(f"/items/{task}/remarks").text
    assert "Copied to me" in head.get("/copies").text
    assert "Past its period" in head.get("/archive").text
