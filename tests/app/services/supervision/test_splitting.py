"""One task becomes several, or goes into another; nothing is half done."""

from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.core.errors import ConflictError, InvalidError
from app.models.item import Item, ItemLink, NamedReader, Support
from app.policy import access
from tests.app.services.supervision.asking import add_section, assert_access_is_right, item, on, story
from tests.city import City
from tests.sweeping import assigned_task, running_task


def part(city: City, title: str, code: str = "TRA", due_on: str = "2026-04-20", **more: object) -> dict[str, Any]:
    """Return a part as a caller gives it."""
    return {"title": title, "department": city.departments[code], "due_on": due_on, **more}


def count(city: City) -> int:
    """Return how many items there are."""
    with city.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(Item)).scalar_one())


def links(city: City, kind: str) -> list[tuple[int, int]]:
    """Return the links of a kind."""
    with city.database.reading() as session:
        rows = session.execute(select(ItemLink.from_id, ItemLink.to_id).where(ItemLink.kind == kind))
        return sorted((row[0], row[1]) for row in rows)


def test_a_task_is_split_into_assigned_tasks_with_their_history(city: City) -> None:
    """Each part stands where the old one stood, assigned, linked; the old one is superseded, its shares cancelled."""
    project = city.project()
    task = running_task(city, supports=("POL",), parent_id=None, details={"source_kind": "instruction"})
    parts = [part(city, "信号机采购"), part(city, "电网接入", "ENE", requirement="六月底前送电")]
    city.do("office1", task, "split", {"parts": parts, "reason": "分工明确到单位"})
    assert city.state(task) == "superseded"
    found = links(city, "split_from")
    assert [to for _, to in found] == [task, task]
    made = [item(city, item_id) for item_id, _ in found]
    assert [(row.title, row.state, row.due_on) for row in made] == [
        ("信号机采购", "assigned", on("2026-04-20")), ("电网接入", "assigned", on("2026-04-20")),
    ]  # fmt: skip
    assert [row.owner_department_id for row in made] == [city.departments["TRA"], city.departments["ENE"]]
    assert story(city, found[0][0]) == ["create", "assign"]
    with city.database.reading() as session:
        states = session.execute(select(Item.state).where(Item.parent_id == task)).scalars().all()
    assert states == ["cancelled"]
    assert city.state(project) == "proposed"
    city.do("ene_head", found[1][0], "receive")
    assert_access_is_right(city)


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ([], ["parts"]),
        (["x"], ["parts"]),
        ([{}], ["parts"]),
        ([{"title": "一"}, {"title": "二"}], [
            "parts[1].department", "parts[1].due_on", "parts[2].department", "parts[2].due_on",
        ]),
        ([{"title": "", "department": "x", "due_on": "2026-13-01"}, {"titel": "二"}], [
            "parts[1].title", "parts[1].department", "parts[1].due_on", "parts[2].titel", "parts[2].title",
            "parts[2].department", "parts[2].due_on",
        ]),
    ],
)  # fmt: skip
def test_wrong_parts_are_all_named_and_nothing_is_made(city: City, parts: list[Any], fields: list[str]) -> None:
    """Every fault at once, each with its row."""
    task = running_task(city)
    before = count(city)
    with pytest.raises(InvalidError) as caught:
        city.do("office1", task, "split", {"parts": parts, "reason": "x"})
    assert [fault.field for fault in caught.value.faults] == fields
    assert (city.state(task), count(city)) == ("in_progress", before)


def test_one_bad_department_or_date_leaves_the_task_whole(city: City) -> None:
    """Known only to the database: still named by row, still nothing half done."""
    task = running_task(city)
    before = count(city)
    parts = [part(city, "好的"), part(city, "过期", due_on="2026-02-01"), {**part(city, "没有"), "department": 999_999}]
    with pytest.raises(InvalidError) as caught:
        city.do("office1", task, "split", {"parts": parts, "reason": "x"})
    assert [fault.field for fault in caught.value.faults] == ["parts[2].due_on", "parts[3].department"]
    assert (city.state(task), count(city), links(city, "split_from")) == ("in_progress", before, [])


def test_a_task_goes_into_another_whose_lead_gains_a_supporter(city: City) -> None:
    """The merged one is closed and linked; its department owes a share to the other."""
    target, merged = running_task(city), assigned_task(city, lead="ENE", title="电网数据对接")
    city.do("office1", merged, "merge", {"into": target, "reason": "同一事项"})
    assert city.state(merged) == "superseded"
    assert links(city, "merged_into") == [(merged, target)]
    with city.database.reading() as session:
        supports = session.execute(select(Support.department_id).where(Support.item_id == target)).scalars().all()
        share = session.execute(select(Item).where(Item.parent_id == target)).scalar_one()
    assert supports == [city.departments["ENE"]]
    assert (share.kind, share.state, share.title) == ("share", "assigned", "电网数据对接")
    assert story(city, target)[-1] == "absorb"
    assert_access_is_right(city)


def test_of_the_same_department_no_share_is_needed(city: City) -> None:
    """A department does not support itself."""
    target, merged = running_task(city), assigned_task(city, title="重复任务")
    city.do("office1", merged, "merge", {"into": target, "reason": "重复"})
    with city.database.reading() as session:
        assert session.execute(select(func.count()).where(Item.parent_id == target)).scalar_one() == 0


def test_where_a_task_cannot_go(city: City) -> None:
    """Itself, a project, something closed, unknown or confidential: refused at the field, nothing done."""
    task, closed, secret = assigned_task(city), assigned_task(city, title="已取消"), assigned_task(city, title="另一项")
    city.do("office1", closed, "cancel", {"reason": "x"})
    with city.database.writing() as session:
        session.connection().exec_driver_sql(f"DELETE FROM item_access WHERE item_id = {secret} AND reader = 'OFFICE'")
    for wrong in (task, city.project(), closed, secret, 999_999):
        with pytest.raises(InvalidError) as caught:
            city.do("office1", task, "merge", {"into": wrong, "reason": "x"})
        assert [fault.field for fault in caught.value.faults] == ["into"]
    assert (city.state(task), links(city, "merged_into")) == ("assigned", [])


def test_two_tasks_cannot_go_into_each_other(city: City) -> None:
    """The first is closed by then: a loop cannot come about."""
    one, other = assigned_task(city), assigned_task(city, title="乙")
    city.do("office1", one, "merge", {"into": other, "reason": "x"})
    with pytest.raises(ConflictError):
        city.do("office1", one, "merge", {"into": other, "reason": "x"})
    with pytest.raises(InvalidError):
        city.do("office1", other, "merge", {"into": one, "reason": "x"})


def test_a_part_may_go_to_a_section_of_nobody_else(city: City) -> None:
    """A part is given to a department or a section that exists today."""
    section = add_section(city)
    task = running_task(city)
    parts = [part(city, "甲"), {**part(city, "乙"), "department": section}]
    city.do("office1", task, "split", {"parts": parts, "reason": "x"})
    assert len(links(city, "split_from")) == 2


def test_a_confidential_task_does_not_go_into_an_ordinary_one(city: City) -> None:
    """Its title would stand in the other's share, support and history, which whole departments read."""
    ordinary, secret = running_task(city), city.task(lead="ENE", title="不宜公开", confidential=True)
    city.do("director", secret, "assign")
    with pytest.raises(InvalidError) as caught:
        city.do("director", secret, "merge", {"into": ordinary, "reason": "同一事项"})
    assert [fault.field for fault in caught.value.faults] == ["into"]
    assert (city.state(secret), links(city, "merged_into"), story(city, ordinary)[-1]) == ("assigned", [], "start")


def test_whoever_reads_both_confidential_tasks_may_merge_them(city: City) -> None:
    """The director reads by the post, not by the office's common key."""
    target, merged = (city.task(lead=lead, title=lead, confidential=True) for lead in ("TRA", "ENE"))
    for task in (target, merged):
        city.do("director", task, "assign")
    city.do("director", merged, "merge", {"into": target, "reason": "同一事项"})
    assert (city.state(merged), links(city, "merged_into")) == ("superseded", [(merged, target)])
    assert_access_is_right(city)


def test_parts_of_a_confidential_task_keep_its_named_readers(city: City) -> None:
    """Whoever was named to read the whole reads its parts: the clerk who issued it still verifies them."""
    task = city.task(confidential=True)
    with city.database.writing() as session:
        session.execute(insert(NamedReader).values(item_id=task, person_id=city.people["office1"]))
        access.refresh(session.connection(), [task])
    city.do("office1", task, "assign")
    city.do("office1", task, "split", {"parts": [part(city, "甲"), part(city, "乙", "ENE")], "reason": "x"})
    parts = [item_id for item_id, _ in links(city, "split_from")]
    assert [item(city, item_id).confidential for item_id in parts] == [True, True]
    city.do("office1", parts[0], "recall", {"reason": "x"})
    assert city.state(parts[0]) == "draft"
    assert_access_is_right(city)
