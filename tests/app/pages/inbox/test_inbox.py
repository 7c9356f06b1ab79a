"""The inbox without script and by htmx's parts: acting from a row, many at once, calm refusals, constant statements."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import event, update

from app.core.errors import Sentence
from app.models.item import Item
from app.pages.inbox.bulk import fits_many
from app.services.offer import Offer, OfferedField
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from workflows.words import Text

Begin = Callable[[str], Visit]
PART = {"HX-Request": "true"}


def assign(city: City, *titles: str) -> list[int]:
    """Give the transport department tasks that wait for receipt."""
    ids = [city.task(title) for title in titles]
    for item_id in ids:
        city.do("office1", item_id, "assign")
    return ids


def read_key(text: str, item_id: int) -> str:
    """Return the key of a row's own form."""
    row = text[text.index(f'id="row-{item_id}"') :]
    found = re.search(r'name="key" value="([^"]+)"', row)
    assert found
    return found[1]


def test_the_inbox_tells_why_since_when_until_when_and_what_follows(city: City, visit: Begin) -> None:
    """Issue 4 no. 3: each row has its role, its age, its limit, its consequence and its own step."""
    (item_id,) = assign(city, "路口信号数据<script>")
    text = visit("tra_head").get("/inbox").text
    assert "路口信号数据&lt;script&gt;" in text
    assert "等您（牵头单位）" in text
    assert "仍未办即发提醒单" in text
    assert f"/inbox/items/{item_id}/receive" in text
    assert "没有等您处理的事项" in visit("wea_head").get("/inbox").text


def test_a_step_from_a_row_comes_back_to_the_list(city: City, visit: Begin) -> None:
    """Without script the form sends, and its list is shown again with what was done; a second click does nothing."""
    (item_id,) = assign(city, "甲")
    visitor = visit("tra_head")
    key = read_key(visitor.get("/inbox?kind=task").text, item_id)
    given = {"version": "2", "key": key, "next": "/inbox?kind=task"}
    for _ in range(2):
        answer = visitor.post(f"/inbox/items/{item_id}/receive", **given)
        assert (answer.status_code, answer.location) == (303, "/inbox?kind=task")
    assert city.state(item_id) == "received"
    away = visitor.post(f"/inbox/items/{item_id}/receive", version="2", key=key, next="https://example.org/")
    assert away.location == "/inbox"


def test_a_row_becomes_its_outcome_or_holds_its_refusal(city: City, visit: Begin) -> None:
    """By htmx the answer is the row: done with a link; stale or gone, a calm sentence and never a fault."""
    first, second = assign(city, "甲", "乙")
    visitor = visit("tra_head")
    visitor.get("/inbox")
    city.do("tra_staff", second, "receive")

    def send(item_id: int, version: str) -> Any:  # noqa: ANN401
        data = {"csrf_token": visitor.token, "version": version, "key": f"key-{item_id}"}
        return visitor.client.post(f"/inbox/items/{item_id}/receive", data=data, headers=PART)

    done, stale, gone = send(first, "2"), send(second, "2"), send(99999, "1")
    assert done.status_code == stale.status_code == gone.status_code == 200
    assert "已签收" in done.text
    assert f'href="/items/{first}"' in done.text
    assert "已被他人修改" in stale.text
    assert "乙" in stale.text
    assert "您无权查看" in gone.text
    assert done.headers["HX-Retarget"] == f"#row-{first}"


def test_a_step_with_fields_opens_in_its_row_and_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """Faults stand beside their fields in the row's form; by itself the address leads to the step's own page."""
    (item_id,) = assign(city, "甲")
    visitor = visit("tra_head")
    visitor.get("/inbox")
    address = f"/inbox/items/{item_id}/dispute"
    assert visitor.get(address).location == f"/items/{item_id}/actions/dispute"
    form = visitor.client.get(address, headers=PART).text
    assert f'hx-post="{address}"' in form
    assert "<html" not in form
    data = {
        "csrf_token": visitor.token,
        "version": "2",
        "key": "k1",
        "f.proposed_department": str(city.departments["ENE"]),
    }
    refused = visitor.client.post(address, data=data, headers=PART)
    assert refused.headers["HX-Retarget"] == f"#form-{item_id}"
    assert "is-invalid" in refused.text
    assert city.state(item_id) == "assigned"


def test_many_are_handled_each_by_itself(city: City, visit: Begin) -> None:
    """PEERS 27, 28: only moves that fit all; one refusal stands in the result, the others are done."""
    ids = assign(city, "甲", "乙", "丙")
    visitor = visit("tra_head")
    visitor.get("/inbox")
    picks = "&".join(f"pick={item_id}.2" for item_id in ids)
    page = visitor.get(f"/inbox/bulk?{picks}").text
    assert "已选3件" in page
    assert 'name="action" value="receive"' in page
    assert 'name="action" value="start"' not in page
    city.do("office1", ids[1], "extend", {"new_due_on": "2026-05-01", "reason": "调整"})
    data = {"csrf_token": visitor.token, "action": "receive", "key": visitor.key,
            "pick": [f"{item_id}.2" for item_id in ids]}  # fmt: skip
    result = visitor.client.post("/inbox/bulk", data=data).text
    assert "办成2件" in result
    assert "1件未办成" in result
    assert "已被他人修改" in result
    assert [city.state(item_id) for item_id in ids] == ["received", "assigned", "received"]


def test_common_fields_are_asked_once_and_needed(city: City, visit: Begin) -> None:
    """A move with a reason shows its field once; without it nothing is done and the sentence stands beside it."""
    ids = assign(city, "甲", "乙")
    visitor = visit("office1")
    picks = [f"{item_id}.2" for item_id in ids]
    visitor.get(f"/inbox/bulk?pick={picks[0]}&pick={picks[1]}&action=recall")
    assert visitor.last.count('name="f.reason"') == 1
    data = {"csrf_token": visitor.token, "action": "recall", "key": visitor.key, "pick": picks}
    missing = visitor.client.post("/inbox/bulk", data=data)
    assert missing.status_code == 422
    assert "请填写" in missing.text
    done = visitor.client.post("/inbox/bulk", data=data | {"f.reason": "重新安排"})
    assert "办成2件" in done.text
    assert [city.state(item_id) for item_id in ids] == ["draft", "draft"]


def test_what_is_not_ones_own_is_offered_nothing(city: City, visit: Begin) -> None:
    """Foreign and guessed ids in a selection look like missing ones; broken ones are left out."""
    ids = assign(city, "甲")
    visitor = visit("pol_head")
    page = visitor.get(f"/inbox/bulk?pick={ids[0]}.2&pick=77777.1&pick=abc&pick=%00").text
    assert "甲" not in page
    assert "没有一个操作同时适合" in page
    data = {"csrf_token": visitor.token, "action": "receive", "key": "k", "pick": [f"{ids[0]}.2", "77777.1"]}
    result = visitor.client.post("/inbox/bulk", data=data).text
    assert result.count("您无权查看") >= 2
    assert city.state(ids[0]) == "assigned"


def test_inbox_and_home_take_as_many_statements_for_many(city: City, visit: Begin, app: Any) -> None:  # noqa: ANN401
    """STYLE: a constant number of statements, whatever the length of the list."""
    engine = app.extensions["lianban"].database.engine
    found: list[str] = []

    def note(*given: Any) -> None:  # noqa: ANN401
        found.append(given[2])

    visitor = visit("tra_head")
    assign(city, "甲", "乙")
    counts = {"/inbox": [], "/": []}  # type: dict[str, list[int]]
    event.listen(engine, "before_cursor_execute", note)
    for _ in range(2):
        for path, seen in counts.items():
            visitor.get(path)
            found.clear()
            visitor.get(path)
            seen.append(len(found))
        event.remove(engine, "before_cursor_execute", note)
        assign(city, *(f"任务{number}" for number in range(8)))
        event.listen(engine, "before_cursor_execute", note)
    event.remove(engine, "before_cursor_execute", note)
    for path, (few, many) in counts.items():
        assert few == many, path


def test_only_what_can_be_handled_together_can_be_ticked(city: City, visit: Begin) -> None:
    """A row without a move for many has no box; the way on stands in the list's foot, not in the bar of moves."""
    (item_id,) = assign(city, "甲")
    page = visit("tra_head").get("/inbox").text
    assert f'value="{item_id}.' in page
    assert "bulk-bar" in page
    assert "共1件" in page
    project = city.project()
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == project).values(state="closed", closed_at=NOW))
    assert "bulk-bar" not in visit("wea_head").get("/inbox").text


def test_moves_for_many() -> None:
    """An open move that asks for nothing of one item's own; none that is closed, grave, or names a person."""
    label = Text("签收", "Receive")
    person = OfferedField("person", "person", label, is_required=True)
    plain = Offer("receive", label, (), (), is_grave=False, needs_version=True)
    assert fits_many(plain)
    assert not fits_many(replace(plain, is_grave=True))
    assert not fits_many(replace(plain, fields=(person,)))
    assert not fits_many(replace(plain, code="x", refusal=Sentence("不行", "no")))
