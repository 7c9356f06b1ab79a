"""Two departments become one: what is open passes over, the past keeps its names."""

import random
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from app.core.errors import ConflictError, ForbiddenError, InvalidError, StaleError
from app.models.item import Item, Support
from app.models.organisation import Department, Post
from app.models.record import History, Outbox, SignOff, SignSlot
from app.models.supervision import SupervisionRequest
from app.policy.access import compare
from app.queries.department import name_departments
from app.services.entering import NewItem
from app.services.organisation import department
from app.services.organisation.department import DepartmentNames
from app.services.organisation.merge_plan import MergePlan, plan_merge
from app.services.organisation.merging import merge_department
from app.services.organisation.post import add_post
from tests.app.services.organisation.acting import TODAY, audited, holdings, read, steps, write
from tests.city import FIRST, NOW, City


def merge(city: City, code: str, into: str, *, on: date | None = None, today: date = TODAY) -> MergePlan:
    """Merge two departments by code."""
    ids = city.departments
    return write(city, lambda act: merge_department(act, ids[code], ids[into], on=on), today)


def plan(city: City, code: str, into: str) -> MergePlan:
    """Return what the merge would move."""
    with city.database.reading() as session:
        return plan_merge(session.connection(), city.departments[code], city.departments[into], TODAY)


def supports(city: City, item_id: int) -> dict[int, str | None]:
    """Return the supporting departments of an item with what they owe."""
    with city.database.reading() as session:
        rows = session.execute(select(Support.department_id, Support.owes).where(Support.item_id == item_id))
        return {row[0]: row[1] for row in rows}


def add_section(city: City, code: str, name: str, parent: str) -> int:
    """Add a department below another one, as old as the city."""
    added = write(
        city,
        lambda act: department.add_department(
            act, code, DepartmentNames(name), parent_id=city.departments[parent], from_on=FIRST
        ),
    )
    city.departments[code] = added
    return added


def submit(city: City, task: int, code: str, heads: Iterable[str] = ()) -> None:
    """Bring a task of `code` before its co-signers; the shares are accepted on the way."""
    lead = code.lower()
    city.do("office1", task, "assign")
    with city.database.reading() as session:
        shares = session.execute(select(Item.id, Item.owner_department_id).where(Item.parent_id == task)).all()
    by_id: dict[int | None, str] = {value: key.lower() for key, value in city.departments.items()}
    for share, owner in shares:
        city.do(f"{by_id[owner]}_head", share, "receive")
        city.do(f"{by_id[owner]}_head", share, "start")
        city.do(f"{by_id[owner]}_head", share, "submit", {"evidence": "成果"})
        city.do(f"{lead}_head", share, "accept", {"opinion": "可"})
    for action, fields in (("receive", {}), ("start", {}), ("submit", {"evidence": "办结"})):
        city.do(f"{lead}_head", task, action, fields)
    for head in heads:
        city.do(head, task, "sign", {"verdict": "agree"})


def test_the_plan_says_what_the_merge_does(city: City) -> None:
    """Preview first: the same items, posts, sections and messages pass over as were shown, and nothing was written."""
    led, supported = city.task(lead="WEA"), city.task(lead="TRA", supports=("WEA",))
    city.do("office1", led, "assign")
    add_section(city, "RAD", "雷达站", "WEA")
    before = read(city, led).version
    shown = plan(city, "WEA", "ENE")
    assert read(city, led).version == before
    assert [(item.item_id, item.roles) for item in shown.items] == [(led, ("lead",)), (supported, ("support",))]
    assert (shown.count("lead"), shown.count("support"), shown.below) == (1, 1, ("雷达站",))
    assert [(post.duty, post.duty_after) for post in shown.posts] == [("head", "member"), ("member", "member")]
    assert shown.messages == 1
    assert merge(city, "WEA", "ENE") == shown


def test_each_item_that_moves_says_so_in_history_and_audit(city: City) -> None:
    """Lead, support and version change together, one row each; the readers follow."""
    led, supported = city.task(lead="WEA"), city.task(lead="TRA", supports=("WEA",))
    versions = {one: read(city, one).version for one in (led, supported)}
    merge(city, "WEA", "ENE")
    energy = city.departments["ENE"]
    assert read(city, led).owner_department_id == energy
    assert supports(city, supported) == {energy: "WEA的分工"}
    for one in (led, supported):
        assert read(city, one).version == versions[one] + 1
        assert steps(city, one)[-1] == audited(city, one)[-1] == "hand_over"
    with city.database.reading() as session:
        data = session.execute(select(History.data).where(History.item_id == supported)).scalars().all()[-1]
        assert compare(session.connection()) == []
    assert data == {"from_department": city.departments["WEA"], "to_department": energy, "as": ["support"]}
    with pytest.raises(StaleError):
        city.do("office1", led, "assign", version=versions[led])


def test_what_is_closed_keeps_the_department_of_its_day(city: City) -> None:
    """The past stays: owner, history, name of the day; the successor's people read it."""
    closed = city.task(lead="WEA", supports=("TRA",))
    city.do("office1", closed, "cancel", {"reason": "撤销"})
    count = len(steps(city, closed))
    merge(city, "WEA", "ENE")
    weather = city.departments["WEA"]
    assert read(city, closed).owner_department_id == weather
    assert len(steps(city, closed)) == count
    with city.database.reading() as session:
        connection = session.connection()
        named = name_departments(connection, [weather], date(2026, 1, 1))
        assert named == {weather: "气象局"}
        assert compare(connection) == []


def test_posts_end_and_their_like_begins_in_the_successor(city: City) -> None:
    """Who held what is kept by day; the second head becomes staff there, since one department has one head."""
    merge(city, "WEA", "ENE")
    weather, energy = city.departments["WEA"], city.departments["ENE"]
    assert holdings(city, "wea_staff") == [(weather, "member", FIRST, TODAY), (energy, "member", TODAY, None)]
    assert holdings(city, "wea_head") == [(weather, "head", FIRST, TODAY), (energy, "member", TODAY, None)]


def test_the_head_stays_head_where_the_successor_has_none(city: City) -> None:
    """A vacant head's post does not count; a post of today just moves, its titles with it."""
    add_section(city, "NEW", "新能源中心", "OFF")
    today = write(city, lambda act: add_post(act, city.departments["WEA"], "member", title="预报员"))
    assert plan(city, "WEA", "NEW").conflicts == ()
    merge(city, "WEA", "NEW")
    assert [row[1] for row in holdings(city, "wea_head")] == ["head", "head"]
    with city.database.reading() as session:
        row = session.execute(select(Post.department_id, Post.title).where(Post.id == today)).one()
    assert tuple(row) == (city.departments["NEW"], "预报员")


def test_a_successor_that_leads_supports_nobody_and_its_share_goes_on(city: City) -> None:
    """Lead and supporter become one: no longer listed as supporter, the open share stays and is accepted inside."""
    task = city.task(lead="ENE", supports=("WEA", "TRA"))
    city.do("office1", task, "assign")
    with city.database.reading() as session:
        owned = Item.owner_department_id == city.departments["WEA"]
        share = session.execute(select(Item.id).where(Item.parent_id == task, owned)).scalar_one()
    conflicts = plan(city, "WEA", "ENE").conflicts
    assert any("牵头和配合将同为“能源局”" in said.zh for said in conflicts)
    merge(city, "WEA", "ENE")
    assert supports(city, task) == {city.departments["TRA"]: "TRA的分工"}
    assert (read(city, share).owner_department_id, read(city, share).state) == (city.departments["ENE"], "assigned")
    for action in ("receive", "start"):
        city.do("wea_staff", share, action)
    city.do("wea_staff", share, "submit", {"evidence": "成果"})
    with pytest.raises(ForbiddenError):
        city.do("wea_staff", share, "accept", {"opinion": "可"})
    city.do("ene_head", share, "accept", {"opinion": "可"})


def test_a_lead_that_merges_into_its_supporter(city: City) -> None:
    """The other way round: the successor leads, and its own line as supporter goes."""
    task = city.task(lead="WEA", supports=("ENE", "TRA"))
    assert plan(city, "WEA", "ENE").items[0].meets_itself
    merge(city, "WEA", "ENE")
    assert read(city, task).owner_department_id == city.departments["ENE"]
    assert list(supports(city, task)) == [city.departments["TRA"]]


def test_two_supporters_become_one_that_owes_both(city: City) -> None:
    """Nothing that was promised is lost: the texts stand together, the earlier date holds."""
    task = city.task(lead="TRA", supports=("ENE", "WEA"))
    ids = city.departments
    with city.database.writing() as session:
        for code, day in (("ENE", date(2026, 5, 1)), ("WEA", date(2026, 4, 1))):
            one = (Support.item_id == task) & (Support.department_id == ids[code])
            session.execute(update(Support).where(one).values(due_on=day))
    merge(city, "WEA", "ENE")
    assert supports(city, task) == {ids["ENE"]: "ENE的分工；WEA的分工"}
    with city.database.reading() as session:
        due_on = session.execute(select(Support.due_on).where(Support.item_id == task)).scalar_one()
    assert due_on == date(2026, 4, 1)


def test_unsigned_signatures_pass_over_and_given_ones_stay(city: City) -> None:
    """A slot of an open round names the successor; what was signed keeps the department that signed."""
    task = city.task(lead="TRA", supports=("ENE", "WEA", "POL"))
    submit(city, task, "TRA", heads=("ene_head", "pol_head"))
    ids = city.departments
    merge(city, "ENE", "POL")
    merge(city, "WEA", "POL")
    with city.database.reading() as session:
        slots = set(session.execute(select(SignSlot.department_id)).scalars())
    assert slots == {ids["ENE"], ids["POL"]}
    city.do("pol_head", task, "sign", {"verdict": "agree"})
    with city.database.reading() as session:
        assert session.execute(select(SignOff.outcome)).scalar_one() == "agreed"


def test_a_lead_that_would_sign_for_itself_has_a_way_out(city: City) -> None:
    """The plan warns; who submitted cannot sign, withdraws and submits again, and nobody's signature is missing."""
    task = city.task(lead="ENE", supports=("WEA",))
    submit(city, task, "ENE")
    assert any("自签" in said.zh for said in plan(city, "WEA", "ENE").conflicts)
    merge(city, "WEA", "ENE")
    with pytest.raises(ForbiddenError):
        city.do("ene_head", task, "sign", {"verdict": "agree"})
    city.do("ene_head", task, "withdraw", {"reason": "部门合并"})
    city.do("ene_head", task, "submit", {"evidence": "办结"})
    city.do("office1", task, "verify", {"opinion": "可"})
    assert city.state(task) == "done"


def test_messages_that_wait_go_to_the_successor(city: City) -> None:
    """Pending and failed ones are re-addressed, sent ones stay as they were sent."""
    ids = city.departments
    with city.database.writing() as session:
        for status in ("pending", "failed", "sent"):
            for letter in ("H", "S"):
                values: dict[str, Any] = {"recipient": f"{letter}:{ids['WEA']}", "status": status, "topic": "x"}
                session.execute(insert(Outbox).values(payload={}, not_before=NOW, created_at=NOW, **values))
    merge(city, "WEA", "ENE")
    with city.database.reading() as session:
        rows = session.execute(select(Outbox.status, Outbox.recipient).order_by(Outbox.id)).all()
    weather, energy = ids["WEA"], ids["ENE"]
    assert [tuple(row) for row in rows] == [
        ("pending", f"H:{energy}"), ("pending", f"S:{energy}"), ("failed", f"H:{energy}"), ("failed", f"S:{energy}"),
        ("sent", f"H:{weather}"), ("sent", f"S:{weather}"),
    ]  # fmt: skip


def test_sections_below_come_along_and_keep_their_work(city: City) -> None:
    """A section of the merged department lies below the successor; an item handed on to it stays with it."""
    task = city.task(lead="WEA")
    radar = add_section(city, "RAD", "雷达站", "WEA")
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == task).values(section_id=radar))
    merge(city, "WEA", "ENE")
    assert (read(city, task).owner_department_id, read(city, task).section_id) == (city.departments["ENE"], radar)
    with city.database.reading() as session:
        parent = session.execute(select(Department.parent_id).where(Department.id == radar)).scalar_one()
        assert compare(session.connection()) == []
    assert parent == city.departments["ENE"]


@pytest.mark.parametrize("inside", [True, False])
def test_a_section_that_is_merged_leaves_no_item_with_a_closed_section(city: City, inside: bool) -> None:  # noqa: FBT001  # a case
    """Into a sister section the item follows; out of the department the work falls back to the department."""
    task = city.task(lead="WEA")
    radar, sky = add_section(city, "RAD", "雷达站", "WEA"), add_section(city, "SKY", "高空站", "WEA")
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == task).values(section_id=radar))
    merge(city, "RAD", "SKY" if inside else "ENE")
    assert read(city, task).section_id == (sky if inside else None)
    assert read(city, task).owner_department_id == city.departments["WEA"]
    assert steps(city, task)[-1] == "hand_over"


def test_an_open_request_for_the_department_means_its_successor(city: City) -> None:
    """A proposed department that vanished would be a request that nobody can grant."""
    task = city.task(lead="TRA")
    requests = city.enter(
        *[
            NewItem("request", f"改派{n}", city.departments["TRA"], parent_id=task,
                    details={"request_kind": "reassignment", "reason": "职责不符",
                             "department_id": city.departments["WEA"]})
            for n in (1,)
        ]
    )  # fmt: skip
    merge(city, "WEA", "ENE")
    with city.database.reading() as session:
        proposed = session.execute(
            select(SupervisionRequest.department_id).where(SupervisionRequest.item_id == requests[0])
        ).scalar_one()
    assert proposed == city.departments["ENE"]


def test_p105_a_merge_that_closes_a_loop_is_refused_with_its_chain(city: City) -> None:
    """Into itself, into what lies below it, into a closed one; nothing changes."""
    add_section(city, "RAD", "雷达站", "WEA")
    add_section(city, "ANT", "天线组", "RAD")
    with pytest.raises(ConflictError) as caught:
        merge(city, "WEA", "ANT")
    assert (caught.value.code, "气象局 → 天线组 → 雷达站 → 气象局" in caught.value.sentence.zh) == ("loop", True)
    with pytest.raises(ConflictError, match="loop"):
        merge(city, "WEA", "WEA")
    with city.database.reading() as session:
        closed = session.execute(select(Department.id).where(Department.to_on.is_not(None))).all()
    assert closed == []


def test_a_department_that_vanished_names_the_one_that_answers_now(city: City) -> None:
    """Two merges later: the sentence leads to the last successor, for parents, posts and merges alike."""
    merge(city, "WEA", "ENE")
    merge(city, "ENE", "POL")
    weather = city.departments["WEA"]
    tries = (
        lambda act: merge_department(act, city.departments["TRA"], weather),
        lambda act: department.add_department(act, "X", DepartmentNames("新处"), parent_id=weather),
        lambda act: department.move_department(act, city.departments["TRA"], weather),
        lambda act: add_post(act, weather, "member"),
    )
    for attempt in tries:
        with pytest.raises(InvalidError) as caught:
            write(city, attempt)
        said = caught.value.faults[0].sentence
        assert said.zh == "“气象局”已于2026-03-02并入“公安局”，请改用“公安局”。"
        assert "was merged into 公安局" in said.en
    with pytest.raises(ConflictError) as conflict:
        merge(city, "WEA", "TRA")
    assert (conflict.value.code, conflict.value.sentence) == ("closed", said)


def test_a_closed_department_without_a_successor_says_so(city: City) -> None:
    """Nobody took over, nobody is named; an unknown id is another sentence."""
    old = write(city, lambda act: department.add_department(act, "OLD", DepartmentNames("旧处"), from_on=FIRST))
    write(city, lambda act: department.close_department(act, old))
    for target, said in ((old, "没有承接部门"), (10**9, "没有这个部门")):
        with pytest.raises(InvalidError) as caught:
            write(city, lambda act, target=target: add_post(act, target, "member"))  # type: ignore[misc]
        assert said in caught.value.faults[0].sentence.zh


@pytest.mark.parametrize(("on", "said"), [(date(2026, 3, 3), "不能晚于今天"), (FIRST, "最早为2020-01-02")])
def test_a_merge_is_done_on_its_day(city: City, on: date, said: str) -> None:
    """Not ahead, since what is open then is not known; not before the department began."""
    with pytest.raises(InvalidError) as caught:
        merge(city, "WEA", "ENE", on=on)
    assert said in caught.value.faults[0].sentence.zh


def test_a_rename_holds_from_a_day_between_the_last_name_and_today(city: City) -> None:
    """Backdated to the paper's date it is kept by day; ahead, before the present name, after the end: refused."""
    weather = city.departments["WEA"]
    write(city, lambda act: department.rename_department(act, weather, DepartmentNames("气象台"), on=date(2026, 2, 1)))
    with city.database.reading() as session:
        named = [name_departments(session.connection(), [weather], day)[weather]
                 for day in (date(2026, 1, 31), date(2026, 2, 1))]  # fmt: skip
    assert named == ["气象局", "气象台"]
    for on in (date(2026, 1, 1), date(2026, 3, 3)):
        with pytest.raises(InvalidError):
            write(city, lambda act, on=on: department.rename_department(act, weather, DepartmentNames("X"), on=on))  # type: ignore[misc]
    merge(city, "WEA", "ENE")
    with pytest.raises(InvalidError) as caught:
        write(city, lambda act: department.rename_department(act, weather, DepartmentNames("X")))
    assert "已撤销" in caught.value.faults[0].sentence.zh


@pytest.mark.parametrize("seed", range(3))
def test_after_any_merges_nothing_open_names_a_closed_department(city: City, seed: int) -> None:
    """Whatever was merged in whatever order: lead, support, section, slot, post; readers agree with their rebuild."""
    chance = random.Random(seed)  # noqa: S311  # a case, no secret
    codes = ["TRA", "ENE", "POL", "WEA"]
    for _ in range(8):
        lead, *rest = chance.sample(codes, 4)
        task = city.task(lead=lead, supports=rest[: chance.randrange(4)], confidential=chance.random() < 0.2)
        if chance.random() < 0.7:
            city.do("director", task, "assign")
        if chance.random() < 0.3:
            city.do("director", task, "cancel", {"reason": "撤销"})
    with city.database.reading() as session:
        closed = session.execute(select(Item.id, Item.owner_department_id).where(Item.closed_at.is_not(None))).all()
    chance.shuffle(codes)
    for code, into in pairwise(codes[:3]):
        merge(city, code, into)
    with city.database.reading() as session:
        connection = session.connection()
        gone = select(Department.id).where(Department.to_on.is_not(None))
        is_open = Item.closed_at.is_(None)
        for statement in (
            select(Item.id).where(is_open, Item.owner_department_id.in_(gone) | Item.section_id.in_(gone)),
            select(Item.id).join(Support).where(is_open, Support.department_id.in_(gone)),
            select(Item.id).join(Support).where(is_open, Support.department_id == Item.owner_department_id),
            select(Post.id).where(Post.to_on.is_(None), Post.department_id.in_(gone)),
        ):
            assert list(connection.execute(statement).scalars()) == []
        assert session.execute(select(Item.id, Item.owner_department_id).where(~is_open)).all() == closed
        assert compare(connection) == []
