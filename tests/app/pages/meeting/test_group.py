"""Leadership groups on pages, without script: list, seats and vacancies, forms, a change as a diff, rules."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import update

from app.models.group import LeadershipGroup
from app.models.organisation import Holding
from tests.app.pages.conftest import Visit
from tests.city import City
from tests.meeting import Bench

Begin = Callable[[str], Visit]


def vacate(city: City, login: str) -> None:
    """Let somebody have left their posts."""
    with city.database.writing() as session:
        held = Holding.person_id == city.people[login]
        session.execute(update(Holding).where(held).values(to_on=date(2026, 2, 1)))


def test_the_list_flags_vacant_seats_and_a_term_that_is_over(city: City, visit: Begin) -> None:
    """Issue 7.1: terms need no clock: a group past its term is flagged in the list and on its page."""
    bench = Bench.found(city)
    vacate(city, "pol_head")
    with city.database.writing() as session:
        session.execute(update(LeadershipGroup).values(term_until_on=date(2026, 3, 1)))
    office = visit("office1")
    page = office.get("/groups").text
    for told in ("智慧城市建设领导小组", "测试leader", "任期已满", "空缺1席"):
        assert told in page
    page = office.get(f"/items/{bench.group_id}").text
    assert "任期已满，请换届或撤销" in page
    assert f"/groups/{bench.group_id}/members" in page
    member = visit("tra_head").get(f"/items/{bench.group_id}").text
    assert "议事规则" in member
    assert f"/groups/{bench.group_id}/members" not in member


def test_a_leaders_seat_without_a_holder_is_what_comes_next(city: City, visit: Begin) -> None:
    """The next bar says what is amiss, with the way to mend it."""
    bench = Bench.found(city)
    vacate(city, "leader")
    assert "组长职务现无人担任" in visit("office1").get(f"/items/{bench.group_id}").text


def test_a_group_is_founded_without_script(visit: Begin) -> None:
    """Posts are typed as they are read, or as much as tells them apart; faults stand beside their row."""
    office = visit("office1")
    office.get("/groups/new")
    rows = {"seats__1__role": "leader", "seats__1__post": "测试leader", "seats__3__role": "member",
            "seats__3__post": "测试", "seats_rows": "6"}  # fmt: skip
    given = {"title": "数字城市领导小组", "office": "协调办公室", "term_from_on": "2026-01-01"}
    refused = office.post("/groups/new", key=office.key, **given, **rows)
    assert refused.status_code == 422
    assert 'id="f-seats-3-post-fault"' in refused.text
    assert 'value="测试leader"' in refused.text
    office.last = refused.text
    more = office.post("/groups/new", key=office.key, more="seats", **given, **rows).text
    assert 'name="seats.10.post"' in more
    made = office.post("/groups/new", key=office.key, **given, **rows | {"seats__3__post": "测试tra_head"})
    assert made.status_code == 303, made.text
    assert made.location
    page = office.get(made.location).text
    for told in ("组长", "测试leader", "测试tra_head", "筹建"):
        assert told in page
    group_id = made.location.rsplit("/", 1)[1]
    form = office.get(f"/groups/{group_id}/edit").text
    assert "测试tra_head）" in form
    assert visit("tra_head").get("/groups/new").status_code == 403


def test_a_change_of_members_is_shown_as_a_diff(city: City, visit: Begin) -> None:
    """What ends and what begins, by whom and why; what was wrong stays as it was typed."""
    bench = Bench.found(city)
    office, address = visit("office1"), f"/groups/{bench.group_id}/members"
    office.get(address)
    row = next(part for part in office.last.split('role="group"') if "测试pol_head<" in part)
    seat = row.split('name="end.')[1].split('"')[0]
    version = str(city.version(bench.group_id))
    wrong = office.post(address, version=version, seats_rows="2", **{f"replace__{seat}": "没有的人"})
    assert wrong.status_code == 422
    assert f'id="f-seat-{seat}-fault"' in wrong.text
    assert "没有的人" in wrong.text
    sent = office.post(address, version=version, seats_rows="2", reason="<b>机构调整</b>", seats__1__role="liaison",
                       seats__1__post="测试office2", **{f"replace__{seat}": "测试wea_staff"})  # fmt: skip
    assert sent.status_code == 303, sent.text
    page = visit("leader").get(f"/items/{bench.group_id}").text
    for told in ('class="is-out"', 'class="is-in"', "测试wea_staff", "测试office2", "&lt;b&gt;机构调整"):
        assert told in page
    bench.do("leader", bench.group_id, "approve_change")
    assert "已批准" in office.get(f"/items/{bench.group_id}").text
    assert office.post(address, version=version, seats_rows="2", reason="x", **{f"end__{seat}": "1"}).status_code >= 400


def test_rules_are_proposed_as_a_form_and_read_as_sentences(city: City, visit: Begin) -> None:
    """Amounts in yuan; a wrong value beside its field; what is proposed stands beside what holds."""
    bench = Bench.found(city)
    office, address = visit("office1"), f"/groups/{bench.group_id}/rules"
    page = office.get(address).text
    assert 'name="deciders.leader" value="1" checked' in page
    given = {
        "present_pct": "50", "topics_max": "0", "carry_on_days": "0", "deputies_approve_up_to": "1,000,000",
        "deciders__leader": "1", "climbs_to__leader": "1", "must_attend__leader": "1", "paper_needed": "1",
        "version": str(city.version(bench.group_id)), "reason": "明确权限",
        **{f"forums__{one}": "office" for one in ("coordination", "progress", "project", "project_list", "fund_plan",
                                                  "policy")},
        **{f"invited__{one}__leader": "1" for one in ("office", "leaders", "plenary")},
        **{f"chairs__{one}__1": "leader" for one in ("office", "leaders", "plenary")},
    }  # fmt: skip
    wrong = office.post(address, **given)
    assert wrong.status_code == 422
    assert 'id="f-topics_max-fault"' in wrong.text
    assert 'value="1,000,000"' in wrong.text
    assert office.post(address, **given | {"topics_max": "6"}).status_code == 303
    page = visit("leader").get(f"/items/{bench.group_id}").text
    assert "副组长单独审批不超过1,000,000.00元" in page
    assert "副组长审批资金不限金额" in page
    assert "有修改待批" in page
    assert "请您批准或不同意提出的议事规则" in page
    assert "请您批准" not in office.get(f"/items/{bench.group_id}").text
