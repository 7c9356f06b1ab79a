"""The register of documents on the pages."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from app.models.document import DocumentReader, SourceDocument
from app.models.item import Task
from app.models.organisation import Person
from app.models.record import Audit
from app.pages.supervision import document as document_pages
from tests.app.pages.conftest import Visit
from tests.app.pages.items.test_attachment import panel_key, send
from tests.app.services.acts import rows
from tests.city import City

Begin = Callable[[str], Visit]
FORM = {"kind": "instruction", "title": "关于交通数据共享的批示", "leader_name": "王某", "received_on": "2026-03-01",
        "urgency": "urgent", "text": "请抓紧。\n月底前报结果。"}  # fmt: skip


def register(visit: Visit, **more: str) -> int:
    """Register a document by the form and return its id."""
    visit.get("/documents/new")
    answer = visit.post("/documents", **{**FORM, "key": visit.key, **more})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_a_document_is_registered_by_the_form(city: City, visit: Begin) -> None:
    """Form, number, page, list, menu; a double click registers once."""
    office = visit("office1")
    assert "来文批示" in office.get("/").text
    page = office.get("/documents/new").text
    assert 'value="2026-03-02"' in page
    assert "测试leader" in page
    key = office.key
    answers = [office.post("/documents", **FORM, key=key, readers="pol_head，wea_head") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    page = office.get(answers[0].location).text
    for text in (
        "已登记。",
        "收〔2026〕1号",
        "关于交通数据共享的批示",
        "王某",
        "月底前报结果。",
        "急件",
        "还没有由此交办的任务",
    ):
        assert text in page, text
    assert "测试pol_head" in page
    assert len(rows(city, select(DocumentReader.person_id))) == 2
    listed = office.get("/documents?kind=instruction&q=交通数据").text
    assert "关于交通数据共享的批示" in listed
    assert "没有符合条件的来文" in office.get("/documents?q=没有这个").text


def test_what_was_typed_stays_after_a_refusal(city: City, visit: Begin) -> None:
    """422: each sentence beside its field, nothing written, no number used."""
    office = visit("office1")
    office.get("/documents/new")
    wrong = {"title": "", "leader_name": "", "dated_on": "昨天", "received_on": "2026-03-03", "readers": "nobody"}
    answer = office.post("/documents", **{**FORM, **wrong}, key=office.key)
    assert answer.status_code == 422
    assert "应为日期" in answer.text
    assert "没有这些登录名：nobody。" in answer.text
    assert "月底前报结果。" in answer.text
    second = office.post("/documents", **{**FORM, "title": "", "leader_name": ""}, key=office.key)
    assert "批示须写明是哪位领导" in second.text
    assert 'aria-describedby="f-title-fault"' in second.text
    assert office.post("/documents", **FORM, key="é").status_code == 422
    assert rows(city, select(SourceDocument.id)) == []


def test_a_document_is_corrected_on_its_version(city: City, visit: Begin) -> None:
    """The form holds what stands; a stale one is told, keeps what was typed and carries the present version."""
    office, other = visit("office1"), visit("office2")
    document = register(office, readers="pol_head", confidential="")
    page = office.get(f"/documents/{document}/edit").text
    assert "pol_head" in page
    assert 'name="version" value="1"' in page
    other.get(f"/documents/{document}/edit")
    changed = {**FORM, "title": "更正后的标题", "readers": "pol_head"}
    assert office.post(f"/documents/{document}/edit", **changed, version="1", key=office.key).status_code == 303
    assert "更正后的标题" in office.get(f"/documents/{document}").text
    stale = other.post(f"/documents/{document}/edit", **{**FORM, "title": "另一个"}, version="1", key=other.key)
    assert stale.status_code == 412
    assert "另一个" in stale.text
    assert 'name="version" value="2"' in stale.text
    wrong = other.post(f"/documents/{document}/edit", **{**FORM, "title": ""}, version="2", key=other.key)
    assert wrong.status_code == 422
    audits = rows(city, select(Audit.before).where(Audit.action == "correct_document"))
    assert [audit.before for audit in audits] == [{"title": FORM["title"]}]


def test_a_document_is_closed_and_opened_again(city: City, visit: Begin) -> None:
    """One button each; an old page changes nothing."""
    office = visit("office1")
    document = register(office)
    office.get(f"/documents/{document}")
    assert office.post(f"/documents/{document}/close", closed="1", version="1").status_code == 303
    assert "已办结。" in office.get(f"/documents/{document}").text
    assert office.post(f"/documents/{document}/close", closed="0", version="1").status_code == 303
    assert "您依据的是第1版，现为第2版" in office.get(f"/documents/{document}").text
    assert office.post(f"/documents/{document}/close", closed="0", version="2").status_code == 303
    assert "已重新打开。" in office.get(f"/documents/{document}").text
    assert rows(city, select(SourceDocument.closed_at, SourceDocument.version))[0] == (None, 3)


def test_scans_hang_on_the_document(visit: Begin) -> None:
    """The panel of files stands on the document's page; readers save, the office adds."""
    office = visit("office1")
    document = register(office, readers="pol_head")
    office.get(f"/documents/{document}")
    answer = send(office, f"/documents/{document}/attachments", key=panel_key(office))
    assert (answer.status_code, answer.location) == (303, f"/documents/{document}#attachments")
    reader = visit("pol_head")
    page = reader.get(f"/documents/{document}").text
    assert "批示.pdf" in page
    assert "上传附件" not in page
    found = re.search(r"/attachments/\d+/content", page)
    assert found
    assert reader.client.get(found[0], buffered=True).status_code == 200


def test_the_tasks_made_from_it_stand_with_their_state(city: City, visit: Begin) -> None:
    """State and light of each task that the visitor may read; whoever reads one reads the document."""
    office = visit("office1")
    document = register(office)
    task = city.task("主城区信号机数据对接")
    head = visit("tra_head")
    assert head.get(f"/documents/{document}").status_code == 404
    with city.database.writing() as session:
        session.execute(update(Task).where(Task.item_id == task).values(source_document_id=document))
    page = head.get(f"/documents/{document}").text
    assert f'href="/items/{task}"' in page
    assert "主城区信号机数据对接" in page
    assert "light-green" in page
    assert "更正" not in page
    assert visit("ene_head").get(f"/documents/{document}").status_code == 404


def test_only_the_office_keeps_the_register(visit: Begin) -> None:
    """A leader reads and is refused the form; a department sees an empty register without a menu entry."""
    document = register(visit("office1"))
    leader = visit("leader")
    page = leader.get("/documents").text
    assert "关于交通数据共享的批示" in page
    assert "登记来文" not in page
    for path in ("/documents/new", f"/documents/{document}/edit"):
        assert leader.get(path).status_code == 403
    assert leader.post("/documents", **FORM).status_code == 403
    assert leader.post(f"/documents/{document}/edit", **FORM, version="1").status_code == 403
    assert leader.post(f"/documents/{document}/close", closed="1", version="1").status_code == 403
    head = visit("tra_head")
    assert "还没有登记来文" in head.get("/documents").text
    assert "来文批示</a>" not in head.get("/").text


def test_a_correction_may_end_ones_own_reading(visit: Begin) -> None:
    """Clerk 2 restricts clerk 1's document and is led to the list, not to a 404."""
    document = register(visit("office1"))
    other = visit("office2")
    other.get(f"/documents/{document}/edit")
    answer = other.post(f"/documents/{document}/edit", **FORM, confidential="1", version="1", key=other.key)
    assert (answer.status_code, answer.location) == (303, "/documents")
    assert other.get(f"/documents/{document}").status_code == 404


def test_the_list_goes_on(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, with the filter kept."""
    monkeypatch.setattr(document_pages, "PAGE_ROWS", 2)
    office = visit("office1")
    for number in range(3):
        register(office, title=f"批示{number}")
    page = office.get("/documents?kind=instruction").text
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found
    rest = office.get(found[1].replace("&amp;", "&")).text
    assert "批示0" in rest
    assert "批示2" not in rest


def test_the_pages_read_in_english(city: City, visit: Begin) -> None:
    """P88: nothing of the register is left in Chinese but what was typed."""
    office = visit("office1")
    document = register(office, title="A", leader_name="B", text="C", issuer="D", number="E")
    office.get(f"/documents/{document}")  # what was said after registering was said in Chinese
    with city.database.writing() as session:
        session.execute(update(Person).values(locale="en", name="N"))
    for path in ("/documents", f"/documents/{document}", "/documents/new", f"/documents/{document}/edit"):
        text = re.sub(r"云州市|联办|收〔2026〕1号|中文|〔|〕", "", office.get(path).text)
        text = re.sub(r"协调办公室|office|leader", "", text)
        assert not re.findall(r"[\u3400-\u9fff]+", text), path


def test_the_way_to_many_tasks_is_shown_where_there_is_one(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link to the page that breaks a document into tasks: only when that page exists, only for the office."""
    office = visit("office1")
    document = register(office)
    monkeypatch.setattr(document_pages, "BATCH", "document.show_edit")
    assert "分解交办" in office.get(f"/documents/{document}").text
    assert "分解交办" not in visit("leader").get(f"/documents/{document}").text
    monkeypatch.setattr(document_pages, "BATCH", "nothing.at_all")
    assert "分解交办" not in office.get(f"/documents/{document}").text


@pytest.mark.parametrize("text", ["2026年3月1日", "2026/3/1", "２０２６-０３-０１"])
def test_dates_of_a_letter_are_read_as_elsewhere(city: City, visit: Begin, text: str) -> None:
    """The same forms as in the form of a task."""
    office = visit("office1")
    document_id = register(office, received_on=text, dated_on=text)
    with city.database.reading() as session:
        row = session.execute(
            select(SourceDocument.received_on, SourceDocument.dated_on).where(SourceDocument.id == document_id)
        ).one()
    assert [day.isoformat() for day in row] == ["2026-03-01"] * 2
