"""The pages of the rules, without script: read, draft, see the effect, publish as another, move what runs."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from app.models.rule import RuleChange, RuleSet
from tests.app.pages.conftest import Visit
from tests.app.services.ruling.making import change_rules, draft, rules_of
from tests.city import City
from tests.sweeping import assigned_task

Visits = Callable[[str], Visit]
#: What the form of tasks sends for one rule.
IDLE = {"v__task__idle": "15", "u__task__idle": "workdays"}


def count_versions(city: City) -> int:
    """Return how many versions of the rules there are."""
    with city.database.reading() as session:
        return len(session.execute(select(RuleSet.id)).all())


def test_everybody_reads_the_rules(visit: Visits) -> None:
    """Each kind's limits, ladders and sign-offs in words; no way to change them for who may not."""
    page = visit("wea_staff").get("/rules")
    assert page.status_code == 200
    for text in ("20个工作日", "时限届满后6个工作日", "牵头单位负责人", "须全部同意"):
        assert text in page.text
    assert "起草调整" not in page.text
    assert "预警单答复时限" in visit("wea_staff").get("/rules?place=terms").text
    assert visit("wea_staff").get("/rules?place=nothing").status_code == 404
    assert visit("wea_staff").get("/rules/changes").status_code == 403


def test_a_change_is_drafted_looked_at_and_published_by_another(city: City, visit: Visits) -> None:
    """The way through the pages: form, effect, publishing by the director, the version, moving an item."""
    item_id = assigned_task(city, title="信号机联网")
    office = visit("office1")
    assert "有改动" not in office.get("/rules/changes/new?place=task").text
    receipt = {"v__task__receipt": "5", "u__task__receipt": "workdays"}
    made = office.post("/rules/changes", place="task", reason="放宽签收", **receipt)
    assert made.status_code == 303
    shown = office.get(made.headers["Location"])
    for text in ("由“2个工作日”改为“5个工作日”", "信号机联网", "交通局 1件", "由未参与起草的协调办主任"):
        assert text in shown.text
    assert "公布为新版规则" not in shown.text
    director = visit("director")
    director.get(made.headers["Location"])
    done = director.post(f"{made.headers['Location']}/publish", version="1", note="经研究同意")
    assert done.status_code == 303
    version = director.get(done.headers["Location"])
    for text in ("规则第2版", "现行", "测试office1起草，测试director公布", "经研究同意"):
        assert text in version.text
    items = office.get("/rules/versions/2/items")
    assert "2026-03-09届满" in items.text
    refused = office.post("/rules/versions/2/items", items=str(item_id), reason=" ")
    assert (refused.status_code, "checked" in refused.text) == (422, True)
    moved = office.post("/rules/versions/2/items", items=str(item_id), reason="统一办理")
    assert "已调整1件" in moved.text
    assert rules_of(city, item_id) == 2
    again = office.post("/rules/versions/2/items", items=str(item_id), reason="统一办理")
    assert "1件没有调整" in again.text


def test_a_refused_form_keeps_what_was_typed(city: City, visit: Visits) -> None:
    """Every fault at once beside its field, under the rule's name; nothing is stored."""
    office = visit("office1")
    office.get("/rules/changes/new?place=task")
    page = office.post(
        "/rules/changes", place="task", reason="", effective_on="2026-02-30", v__task__idle="soon",
        u__task__idle="days", v__task__due__2="9", u__task__due__2="workdays", d__task__due__2="after",
    )  # fmt: skip
    assert page.status_code == 422
    for text in (
        "任务·停滞：时限：应为0至9999的整数",
        "高一级不得早于低一级",
        "请填写",
        "应为日期",
        'value="soon"',
        'value="9"',
    ):
        assert text in page.text
    assert "没有任何改动" not in page.text
    unchanged = office.post("/rules/changes", place="light", reason="x", v__light__red_points="30")
    assert (unchanged.status_code, "没有任何改动" in unchanged.text) == (422, True)
    with city.database.reading() as session:
        assert session.execute(select(RuleChange.id)).all() == []


def test_somebody_else_saved_meanwhile(city: City, visit: Visits) -> None:
    """Both are shown: what the other saved, and what was typed; saved again it goes through."""
    change_id = draft(city, {"task.idle": "workdays(15)"})
    first, second = visit("office1"), visit("office2")
    address = f"/rules/changes/{change_id}/edit"
    first.get(f"{address}?place=task")
    second.get(f"{address}?place=task")
    assert second.post(address, place="task", version="1", reason="再议", v__task__idle="12",
                       u__task__idle="workdays").status_code == 303  # fmt: skip
    page = first.post(address, place="task", version="1", reason="我的", v__task__idle="11", u__task__idle="workdays")
    assert page.status_code == 412
    for text in (
        "测试office2已先保存了这份草稿",
        "改为“12个工作日”",
        "理由：再议",
        'value="11"',
        "我的",
        'name="version" value="2"',
    ):
        assert text in page.text
    assert first.post(address, place="task", version="2", reason="我的", v__task__idle="11",
                      u__task__idle="workdays").status_code == 303  # fmt: skip


def test_what_a_draft_has_for_another_kind_stays(city: City, visit: Visits) -> None:
    """A draft may span kinds: saving one place leaves the others as they are."""
    change_id = draft(city, {"share.idle": "workdays(9)"})
    office = visit("office1")
    office.get(f"/rules/changes/{change_id}/edit?place=task")
    office.post(f"/rules/changes/{change_id}/edit", place="task", version="1", reason="一并调整", **IDLE)
    with city.database.reading() as session:
        changes = session.execute(select(RuleChange.changes)).scalar_one()
    assert changes == {"share.idle": "workdays(9)", "task.idle": "workdays(15)"}


def test_who_drafted_is_told_that_another_publishes(city: City, visit: Visits) -> None:
    """The director's own draft: no button, the reason in a sentence; forced, it is refused and nothing comes of it."""
    change_id = draft(city, {"task.idle": "workdays(15)"}, by="director")
    director = visit("director")
    page = director.get(f"/rules/changes/{change_id}")
    assert "您参与了起草" in page.text
    assert "公布为新版规则" not in page.text
    assert director.post(f"/rules/changes/{change_id}/publish", version="1").status_code == 403
    assert count_versions(city) == 1


def test_a_draft_left_behind_says_so(city: City, visit: Visits) -> None:
    """The rules changed under it: told on its page, refused when published all the same, withdrawn with a reason."""
    change_id = draft(city, {"task.idle": "workdays(15)"})
    change_rules(city, {"task.receipt": "workdays(1)"})
    director = visit("director")
    assert "规则在此期间已更新为第2版" in director.get(f"/rules/changes/{change_id}").text
    refused = director.post(f"/rules/changes/{change_id}/publish", version="1")
    assert (refused.status_code, "请打开草稿核对后重新保存" in refused.text) == (409, True)
    assert director.post(f"/rules/changes/{change_id}/withdraw", version="1", note="").status_code == 422
    assert director.post(f"/rules/changes/{change_id}/withdraw", version="1", note="作废").status_code == 303
    assert "已撤回：作废" in director.get("/rules/changes?view=ended").text


def test_a_version_ahead_moves_nothing_yet(city: City, visit: Visits) -> None:
    """Published for a later day it is announced; items cannot be moved to it before."""
    item_id = assigned_task(city)
    change_rules(city, {"task.receipt": "workdays(5)"}, effective_on=date(2026, 3, 9))
    office = visit("office1")
    assert "已公布更新的版本，尚未生效" in office.get("/rules").text
    page = office.get("/rules/versions/2/items")
    assert 'name="items"' not in page.text
    assert office.post("/rules/versions/2/items", items=str(item_id), reason="x").status_code == 409
    assert rules_of(city, item_id) == 1


def test_hostile_texts_stay_texts(city: City, visit: Visits) -> None:
    """A reason or a title in HTML is shown as it was typed."""
    assigned_task(city, title="<b>任务</b>")
    change_id = draft(city, {"task.idle": "workdays(15)"}, reason="<script>alert(1)</script>")
    page = visit("director").get(f"/rules/changes/{change_id}").text
    assert "<script>alert" not in page
    assert "<b>任务</b>" not in page
    assert "&lt;script&gt;" in page


def test_the_pages_speak_english(city: City, visit: Visits) -> None:
    """Both languages: tables, form, preview, versions."""
    change_id = draft(city, {"task.cosign.rule": "percent(51)", "task.due.1.by": "mail"})
    office = visit("office1")
    office.client.set_cookie("lang", "en")
    texts = {
        "/rules": "Limits and ladders",
        "/rules/versions": "Versions of the rules",
        "/rules/versions/1/items": "Nothing to move",
        "/rules/changes": "Drafts of rules",
        "/rules/changes/new?place=request": "Draft a change of rules",
        "/rules/changes/new?place=terms": "limit to answer a warning notice",
        f"/rules/changes/{change_id}": "more than half agree",
    }
    for address, text in texts.items():
        page = office.get(address)
        assert text.lower() in page.text.lower(), address
