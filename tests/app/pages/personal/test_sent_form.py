"""Forms that are sent once more: asked about with a tick, a link to what was made, a new key where the old is spent."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.models.document import SourceDocument
from app.models.record import History
from tests.app.pages.conftest import Visit
from tests.app.services.acts import rows
from tests.app.services.batch.batches import count_items
from tests.city import City

Begin = Callable[[str], Visit]
AGAIN = 'name="again" value="1"'
LETTER = {"kind": "letter", "title": "关于数据共享的函", "number": "数〔2026〕3号", "issuer": "数据局",
          "received_on": "2026-03-01", "urgency": "normal"}  # fmt: skip


def task_of(city: City, **more: str) -> dict[str, str]:
    """Return the fields of a new task."""
    return {"r0__title": "信号机对接", "r0__department": f"id:{city.departments['TRA']}", "r0__due_on": "2026-04-01",
            **more}  # fmt: skip


@pytest.mark.parametrize("changed", [{}, {"r0__requirement": "改了要求"}])
def test_a_new_task_that_is_sent_again_is_asked_about(visit: Begin, city: City, changed: dict[str, str]) -> None:
    """Back, and send again, as it was or mended: another key, the same task. It is named; the tick makes another."""
    office = visit("office1")
    office.get("/tasks/new")
    made = office.post("/tasks/new", key=office.key, **task_of(city))
    office.get("/tasks/new")
    asked = office.post("/tasks/new", key=office.key, **task_of(city, **changed))
    assert asked.status_code == 409
    assert "您刚才已提交过同样的内容" in asked.text
    assert f'href="{made.location}"' in asked.text
    assert AGAIN in asked.text
    assert 'value="2026-04-01"' in asked.text
    assert count_items(city) == 1
    assert office.post("/tasks/new", key=office.key, again="1", **task_of(city, **changed)).status_code == 303
    assert count_items(city) == 2


def test_a_double_click_is_told_once(visit: Begin, city: City) -> None:
    """The same key twice makes one task and says so once."""
    office = visit("office1")
    office.get("/tasks/new")
    key = office.key
    answers = [office.post("/tasks/new", key=key, **task_of(city)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert office.get(answers[0].location).text.count("已交办。") == 1


def test_a_report_that_is_sent_again_is_asked_about(visit: Begin, city: City) -> None:
    """The form has a fresh version after Back: only the content tells. One row until it is meant."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "start")
    staff, action = visit("tra_staff"), f"/items/{task}/actions/report"

    def send(**more: str) -> tuple[int, str]:
        page = staff.get(action).text
        version = re.search(r'name="version" value="(\d+)"', page)
        typed = {"f__text": "已完成接口联调", "f__progress_pct": "30", **more}
        answer = staff.post(action, version=version[1] if version else "", key=staff.key, **typed)
        return answer.status_code, answer.text

    status, told = send()
    assert status == 303, told
    status, told = send()
    assert status == 409
    assert AGAIN in told
    assert "已完成接口联调" in told
    assert f'href="/items/{task}"' in told
    count = select(func.count()).where(History.item_id == task, History.action == "report")
    assert rows(city, count) == [(1,)]
    assert send(again="1")[0] == 303
    assert rows(city, count) == [(2,)]


def test_a_letter_that_is_registered_already_is_asked_about(visit: Begin, city: City) -> None:
    """The same issuer and number under another title: the number it has is named, with a link and a tick."""
    office, other = visit("office1"), visit("office2")
    office.get("/documents/new")
    made = office.post("/documents", key=office.key, **LETTER)
    other.get("/documents/new")
    asked = other.post("/documents", key=other.key, **{**LETTER, "title": "数据共享函"})
    assert asked.status_code == 409
    assert "已登记为收〔2026〕1号" in asked.text
    assert f'href="{made.location}"' in asked.text
    assert AGAIN in asked.text
    assert "数据共享函" in asked.text
    assert len(rows(city, select(SourceDocument.id))) == 1
    assert other.post("/documents", key=other.key, again="1", **LETTER).status_code == 303
    assert len(rows(city, select(SourceDocument.id))) == 2


def test_a_batch_that_is_sent_again_is_asked_about(visit: Begin, city: City) -> None:
    """Typed rows, without a file: as a file that came twice."""
    office = visit("office1")
    row = {name.replace("r0", "r1"): value for name, value in task_of(city).items()}
    office.get("/tasks/batch")
    made = office.post("/tasks/batch", do="make", key=office.key, **row)
    assert made.status_code == 303
    office.get("/tasks/batch")
    asked = office.post("/tasks/batch", do="make", key=office.key, **row)
    assert asked.status_code == 409
    assert f'href="{made.location}"' in asked.text
    assert count_items(city) == 1
    assert office.post("/tasks/batch", do="make", key=office.key, again="1", **row).status_code == 303


@pytest.mark.parametrize("form", ["task", "document", "batch"])
def test_a_spent_key_is_no_dead_end(visit: Begin, city: City, form: str) -> None:
    """The same page sent with other content: a plain sentence, a link to what was made, a new key that works."""
    address = {"task": "/tasks/new", "document": "/documents", "batch": "/tasks/batch"}[form]
    fields = LETTER if form == "document" else task_of(city)
    if form == "batch":
        fields = {"do": "make", **{name.replace("r0", "r1"): value for name, value in fields.items()}}
    changed = {name: "另一件事" if "title" in name else value for name, value in fields.items()}
    changed |= {"number": "另一文号"} if form == "document" else {}
    office = visit("office1")
    office.get("/documents/new" if form == "document" else address)
    key = office.key
    made = office.post(address, key=key, **fields)
    assert made.status_code == 303, made.text
    refused = office.post(address, key=key, **changed)
    office.last = refused.text
    assert refused.status_code == 422
    assert "Idempotency-Key" not in refused.text
    assert "已经提交过一次" in refused.text
    assert "另一件事" in refused.text
    assert f'href="{made.location if form != "batch" else "/items/1"}"' in refused.text
    assert office.key not in {"", key}
    assert office.post(address, key=office.key, **changed).status_code == 303
