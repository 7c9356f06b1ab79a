"""An item's page and the moves on it, without script, on both databases."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from app.models.item import Item
from app.models.organisation import Person
from app.models.record import Audit, History
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import City

Begin = Callable[[str], Visit]
CHANGES = re.compile(r"<li>([^<]+)</li>")
SENDS = 'name="version"'
HOSTILE = '"><img src=x onerror=alert(1)>'


def count_history(city: City, item_id: int) -> int:
    with city.database.reading() as session:
        return session.execute(select(func.count()).where(History.item_id == item_id)).scalar_one()


def test_take_an_action(city: City, visit: Begin) -> None:
    """A move that asks nothing is one button; afterwards the page says so."""
    task = city.task()
    office = visit("office1")
    page = office.get(f"/items/{task}").text
    assert "请您交办" in page
    response = office.post(f"/items/{task}/actions/assign", version="1", key=office.key)
    assert (response.status_code, response.location) == (303, f"/items/{task}")
    assert city.state(task) == "assigned"
    page = office.get(f"/items/{task}").text
    assert "已办理：交办。" in page
    assert "等交通局（牵头单位）办理" in page


def test_double_click_acts_once(city: City, visit: Begin) -> None:
    """The same form sent twice acts once and reads as done both times (idempotency key)."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}")
    key = office.key
    answers = [office.post(f"/items/{task}/actions/assign", version="1", key=key).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert count_history(city, task) == 2


def test_stale_page_shows_the_conflict(city: City, visit: Begin) -> None:
    """412: both versions are named, what was typed stays, and the form carries the present version."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}/actions/cancel")
    city.do("office2", task, "assign")
    response = office.post(f"/items/{task}/actions/cancel", version="1", key=office.key, f__reason="不再需要")
    assert response.status_code == 412
    assert "您或他人已修改：您看到的是第1版，现在是第2版" in response.text
    assert "您填写的内容仍在下面" in response.text
    assert "不再需要" in response.text
    assert 'name="version" value="2"' in response.text
    changes = CHANGES.findall(response.text)
    assert len(changes) == 1
    assert changes[0].endswith("：交办")
    assert city.state(task) == "assigned"
    office.last = response.text
    again = office.post(f"/items/{task}/actions/cancel", version="2", key=office.key, f__reason="不再需要")
    assert again.status_code == 303
    assert city.state(task) == "cancelled"


def test_stale_page_lists_every_change_or_says_so(city: City, visit: Begin) -> None:
    """412: changes that are too many to list are told of, none is dropped in silence."""
    task = city.task()
    office = visit("office1")
    for _ in range(11):
        city.do("office2", task, "assign")
        city.do("office2", task, "recall", {"reason": "改"})
    office.get(f"/items/{task}")
    few = office.post(f"/items/{task}/actions/cancel", version="20", key="k1", f__reason="停").text
    assert len(CHANGES.findall(few)) == 3
    assert "更早的见全部记录" not in few
    many = office.post(f"/items/{task}/actions/cancel", version="1", key="k2", f__reason="停").text
    assert CHANGES.findall(many)[-1] == "更早的见全部记录"


def test_stale_page_without_a_move_has_no_button(city: City, visit: Begin) -> None:
    """412: a move that the present state does not know is not offered again; nothing typed, nothing claimed."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}")
    city.do("office2", task, "assign")
    response = office.post(f"/items/{task}/actions/assign", version="1", key=office.key)
    assert response.status_code == 412
    assert "此操作现在不能办理，请看事项现状。" in response.text
    assert "您填写的内容" not in response.text
    assert SENDS not in response.text
    assert f'href="/items/{task}">看现在的内容' in response.text


def test_refused_state_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """409: the sentence says why, what was typed stays to be copied, and there is no button to send it again."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}")
    response = office.post(f"/items/{task}/actions/verify", version="1", key=office.key, f__opinion="可以")
    assert response.status_code == 409
    assert "事项现为“拟办”" in response.text
    assert "您填写的内容仍在下面" in response.text
    assert '<dd class="keep-lines">可以</dd>' in response.text
    assert SENDS not in response.text
    assert f'href="/items/{task}">看现在的内容' in response.text


def test_closed_guard_has_no_button(city: City, visit: Begin) -> None:
    """A form whose move is closed by a condition says why and has nothing to send."""
    task = city.task(due_on=None)
    page = visit("office1").get(f"/items/{task}/actions/assign").text
    assert "还没有确定完成期限。" in page
    assert SENDS not in page


def test_a_second_signature_is_told_of(city: City, visit: Begin) -> None:
    """409: a signature sent when no round is open keeps its remark and says why."""
    project = city.project(supports=("ENE",))
    signer = visit("ene_head")
    signer.get(f"/items/{project}")
    response = signer.post(
        f"/items/{project}/actions/sign", version="1", key="k", f__verdict="refuse", f__remark="资料不全"
    )
    assert response.status_code == 409
    assert "目前没有待签事项。" in response.text
    assert '<dd class="keep-lines">资料不全</dd>' in response.text
    assert '<dd class="keep-lines">不同意</dd>' in response.text


@pytest.mark.parametrize("action", ["assign", "receive", "verify", "sign"])
def test_back_to_a_form_that_is_closed(city: City, visit: Begin, action: str) -> None:
    """Back to the form of a move that is not the visitor's now leads to the item and says so."""
    task = city.task()
    city.do("office1", task, "assign")
    office = visit("office1")
    response = office.get(f"/items/{task}/actions/{action}")
    assert (response.status_code, response.location) == (303, f"/items/{task}")
    assert "此操作现在不能办理，请看事项现状。" in office.get(f"/items/{task}").text
    assert office.get(f"/items/{task}/actions/no_such").status_code == 404
    assert visit("wea_staff").get(f"/items/{task}/actions/{action}").status_code == 404


@pytest.mark.parametrize("number", ["9223372036854775808", "99999999999999999999999"])
def test_ids_beyond_the_database(city: City, visit: Begin, number: str) -> None:
    """A number that no id can be is no address, for reading and for writing."""
    city.task()
    office = visit("office1")
    office.get("/me")
    for path in ("", "/actions/assign"):
        response = office.get(f"/items/{number}{path}")
        assert response.status_code == 404
        assert "没有这个页面" in response.text
    assert office.post(f"/items/{number}/actions/assign", version="1", key="k").status_code in {404, 405}
    assert office.get("/items/9223372036854775807").status_code == 404


def test_form_sent_before_with_other_content(city: City, visit: Begin) -> None:
    """A form that was sent and comes again with other content acts once and says so without developers' words."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}/actions/cancel")
    key = office.key
    assert office.post(f"/items/{task}/actions/cancel", version="1", key=key, f__reason="停").status_code == 303
    response = office.post(f"/items/{task}/actions/cancel", version="1", key=key, f__reason="另一个理由")
    assert response.status_code == 422
    assert "这一步已经提交过，没有再次办理。" in response.text
    assert "Idempotency" not in response.text
    assert f'href="/items/{task}">看现在的内容' in response.text
    assert SENDS not in response.text
    assert count_history(city, task) == 2


@pytest.mark.parametrize("hidden", [
    {"version": "1", "key": "k" * 500},
    {"version": "1", "key": "a\x00b"},
    {"version": "one", "key": "k"},
    {"version": "0", "key": "k"},
    {"version": "99", "key": "k"},
])  # fmt: skip
def test_broken_hidden_values(city: City, visit: Begin, hidden: dict[str, str]) -> None:
    """What a form hides and comes back broken does nothing: the item is to be opened again."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}/actions/cancel")
    response = office.post(f"/items/{task}/actions/cancel", f__reason="停", **hidden)
    assert response.status_code in {412, 422, 428}
    assert "页面已失效，请重新打开事项。" in response.text
    assert "Idempotency" not in response.text
    assert "第99版" not in response.text
    assert SENDS not in response.text
    assert city.state(task) == "draft"


def test_grave_move_names_its_object(city: City, visit: Begin) -> None:
    """The button that ends an item names it, apart from the way back, and the form says what ends with it."""
    project, task = city.project(), city.task()
    office = visit("office1")
    page = office.get(f"/items/{task}/actions/cancel").text
    assert '<button class="btn btn-danger">取消任务</button>' in page
    assert "其下未了结的任务和分工一并取消" in page
    assert ">取消项目</a>" in office.get(f"/items/{project}").text
    office.post("/preference", locale="en", next="/")
    page = office.get(f"/items/{task}/actions/cancel").text
    assert '<button class="btn btn-danger">Cancel the task</button>' in page


def test_faults_stand_beside_their_fields(city: City, visit: Begin) -> None:
    """422: every fault at once, each beside its field, what was typed stays."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "start")
    staff = visit("tra_staff")
    staff.get(f"/items/{task}/actions/report")
    response = staff.post(
        f"/items/{task}/actions/report", version="4", key=staff.key, f__progress_pct="150", f__forecast_on="soon"
    )
    assert response.status_code == 422
    page = response.text
    assert "有3处需要更正" in page
    for name in ("text", "progress_pct", "forecast_on"):
        assert re.search(rf'id="f-{name}-fault"', page), name
    assert 'value="150"' in page
    assert 'aria-invalid="true"' in page


def test_not_yours_is_refused_and_audited(city: City, visit: Begin) -> None:
    """403: whoever sees an item but may not act on it gets a page, and the attempt is audited."""
    task = city.task()
    staff = visit("tra_staff")
    staff.get(f"/items/{task}")
    response = staff.post(f"/items/{task}/actions/assign", version="1", key="k")
    assert response.status_code == 403
    assert "此操作由协调办办理" in response.text
    with city.database.reading() as session:
        outcome = session.execute(
            select(Audit.action, Audit.outcome).where(Audit.item_id == task, Audit.outcome == "refused")
        ).all()
    assert [tuple(row) for row in outcome] == [("assign", "refused")]


def strip(page: str, item_id: int) -> str:
    """Return a page without its own address and without its tokens, which hold the time."""
    return re.sub(r'(name="csrf_token" value=|"X-CSRFToken": )"[^"]+"', "", page).replace(f"/items/{item_id}", "")


def test_unknown_and_unreadable_look_alike(city: City, visit: Begin) -> None:
    """404: an item that is not there and one that is not theirs read the same, also its actions."""
    task = city.task(confidential=True)
    stranger = visit("wea_staff")
    for path in ("", "/actions/assign"):
        hidden, missing = stranger.get(f"/items/{task}{path}"), stranger.get(f"/items/999999{path}")
        assert hidden.status_code == missing.status_code == 404
        plain = [page.text.replace(page.headers["X-Request-Id"], "") for page in (hidden, missing)]
        assert strip(plain[0], task) == strip(plain[1], 999999)
    assert stranger.get("/no-such-page").status_code == 404


def test_post_without_token(city: City, visit: Begin) -> None:
    """A form from elsewhere does nothing."""
    task = city.task()
    office = visit("office1")
    assert office.post(f"/items/{task}/actions/assign", version="1", csrf_token="").status_code == 400
    assert city.state(task) == "draft"


def test_closed_moves_say_why(city: City, visit: Begin) -> None:
    """A move that is the visitor's but closed stands with its reason."""
    task = city.task(due_on=None)
    page = visit("office1").get(f"/items/{task}").text
    assert "现在不能：" in page
    assert "还没有确定完成期限。" in page


def test_several_posts_ask_in_which(city: City, visit: Begin) -> None:
    """Who may act in several posts chooses one; without a choice the sentence stands beside the choice."""
    city.add_person("twice", ("OFF", "office", False), ("OFF", "office", True))
    task = city.task()
    from_two = _log_in_new(city, visit, "twice")
    page = from_two.get(f"/items/{task}/actions/assign").text
    assert page.count('name="as"') == 2
    response = from_two.post(f"/items/{task}/actions/assign", version="1", key=from_two.key)
    assert response.status_code == 422
    assert 'id="f-as-fault"' in response.text
    chosen = str(city.posts["twice"])
    assert from_two.post(f"/items/{task}/actions/assign", version="1", key="k2", **{"as": chosen}).status_code == 303


def _log_in_new(city: City, visit: Begin, login: str) -> Visit:
    give_passwords(city.database)
    return visit(login)


def test_sign_off_shows_who_is_missing(city: City, visit: Begin) -> None:
    """The missing signature is named; its signer signs with one button."""
    project = city.project(supports=("ENE", "POL"))
    city.do("tra_head", project, "submit")
    city.do("ene_head", project, "sign", {"verdict": "agree"})
    office = visit("office1").get(f"/items/{project}").text
    assert "等公安局会签" in office
    signer = visit("pol_head")
    page = signer.get(f"/items/{project}").text
    assert "请您会签" in page
    assert '<span class="tag tag-you">您</span>' in page
    response = signer.post(f"/items/{project}/actions/sign", version="2", key=signer.key, f__verdict="agree")
    assert response.status_code == 303
    assert "等领导小组办理" in visit("office1").get(f"/items/{project}").text


def test_hostile_titles_are_literal(city: City, visit: Begin) -> None:
    """P113: a title with markup is text on every page, in errors and forms too; the policy forbids inline script."""
    project = city.project(HOSTILE)
    task = city.task(HOSTILE, parent_id=project, criteria=(HOSTILE,), supports=("ENE",))
    office = visit("office1")
    pages = [
        *("/", "/projects", "/tasks", "/items?q=img", "/escalations", "/me", "/reports", "/login?next=/%22%3E%3Cimg"),
        *(f"/items/{task}", f"/items/{project}", f"/items/{task}/actions/cancel", f"/tasks?q={HOSTILE}"),
    ]
    seen = 0
    for address in pages:
        response = office.get(address)
        assert "<img" not in response.text, address
        seen += "&lt;img" in response.text
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
    assert seen >= 7
    response = office.post(f"/items/{task}/actions/cancel", version="99", key="k", f__reason=HOSTILE)
    assert response.status_code == 412
    assert "<img" not in response.text
    assert "&lt;img" in response.text


def test_no_inline_style_or_script(city: City, visit: Begin) -> None:
    """Pages stand under the policy: no style attribute, no script but from a file, no handler attribute."""
    task = city.task()
    office = visit("office1")
    for address in ("/", "/projects", "/tasks", f"/items/{task}", "/escalations", "/me", "/reports"):
        page = office.get(address).text
        assert not re.search(r'\sstyle="|<style|<script(?![^>]*\ssrc=)|\son\w+="', page), address


def test_both_languages_on_every_page(city: City, visit: Begin) -> None:
    """An English page holds no Chinese of ours but the switch; the Chinese page says nothing in English (P88)."""
    task = city.task("Signals", criteria=("One",))
    city.do("office1", task, "assign")
    office = visit("office1")
    office.get("/me")
    office.post("/preference", locale="en", next="/")
    for address in ("/", "/projects", "/tasks", "/items", "/escalations", "/me", "/reports", "/nope",
                    f"/items/{task}/actions/cancel"):  # fmt: skip
        page = re.sub(r"中文|测试office\d|协调办公室|交通局|能源局|公安局|气象局|Lianban", "", office.get(address).text)
        assert not re.search(r"[\u3400-\u9fff]", page), (address, re.findall(r".{20}[\u3400-\u9fff]+.{20}", page)[:3])


def test_an_overseers_reading_is_on_record(city: City, visit: Begin) -> None:
    """An auditor's reading is logged, a leader's only where the item is confidential; nobody else's is."""
    open_task, secret = city.task(), city.task("保密事项", confidential=True)
    for login in ("auditor", "leader", "tra_head"):
        for item_id in (open_task, secret):
            assert visit(login).get(f"/items/{item_id}").status_code == 200
    with city.database.reading() as session:
        rows = session.execute(
            select(Audit.actor_id, Audit.item_id).where(Audit.action == "read").order_by(Audit.id)
        ).all()
    auditor, leader = city.people["auditor"], city.people["leader"]
    assert [tuple(row) for row in rows] == [(auditor, open_task), (auditor, secret), (leader, secret)]


def test_built_in_accounts_have_english_names(city: City, visit: Begin) -> None:
    """Facts and record name the product's own accounts in the reader's language."""
    task = city.task("Signals")
    with city.database.writing() as session:
        system = session.execute(select(Person.id).where(Person.login == "system-import")).scalar_one()
        session.execute(update(Item).where(Item.id == task).values(created_by=system))
    office = visit("office1")
    assert "台账导入" in office.get(f"/items/{task}").text
    office.post("/preference", locale="en", next="/")
    page = office.get(f"/items/{task}").text
    assert "Ledger import" in page
    assert "台账导入" not in page


def test_unknown_address_speaks_of_the_page(city: City, visit: Begin) -> None:
    """An address that leads nowhere is no page, not an item that is hidden."""
    city.task()
    page = visit("office1").get("/nothere")
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    assert "无权查看" not in page.text
