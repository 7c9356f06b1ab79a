"""Departments through time."""

import functools
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, InvalidError
from app.models.item import Item
from app.models.organisation import Department, Holding, Post
from app.models.record import Audit, History
from app.policy.access import compare
from app.queries.department import list_departments, name_departments
from app.services.act import Act
from app.services.organisation import department, merging
from app.services.organisation.department import DepartmentNames
from app.services.organisation.post import close_post, vacate
from app.services.recording import Acting
from tests.city import NOW, City

Result = TypeVar("Result")
TODAY = date(2026, 3, 2)


def _write(city: City, work: Callable[[Act], Result], today: date = TODAY) -> Result:
    return city.database.write(
        lambda session: work(Act(session.connection(), Acting(city.people["admin"], "admin"), NOW, today, "test"))
    )


def _add(city: City, code: str, name: str, parent: str | None = None) -> int:
    parent_id = city.departments[parent] if parent else None
    return _write(city, lambda act: department.add_department(act, code, DepartmentNames(name), parent_id=parent_id))


def _find(city: City, text: str) -> int | None:
    with city.database.reading() as session:
        return department.find_department(session.connection(), text)


@pytest.mark.parametrize(
    ("first", "second"),
    [("发改委（能源处）", "发改委(能源处)"), ("发改委", "发改\u200b委"), ("ＡＢ", "ab"), ("规划局", "规划局\u3000")],
)
def test_the_second_look_alike_is_refused(city: City, first: str, second: str) -> None:
    """P89: names are compared folded; what was typed first stays as it was typed."""
    _add(city, "ONE", first)
    with pytest.raises(InvalidError) as caught:
        _add(city, "TWO", second)
    assert [fault.field for fault in caught.value.faults] == ["name"]
    with city.database.reading() as session:
        names = [row.name for row in list_departments(session.connection(), TODAY)]
    assert names.count(first) == 1


def test_names_and_codes_keep_their_limits(city: City) -> None:
    """P107: 120 characters fit, 121 are a fault that names the field and the length; every fault at once."""
    assert _add(city, "LONG", "长" * 120)
    with pytest.raises(InvalidError) as caught:
        _add(city, "C" * 61, "长" * 121)
    assert {fault.field for fault in caught.value.faults} == {"code", "name"}
    assert "121" in caught.value.faults[1].sentence.zh
    with pytest.raises(InvalidError):
        _add(city, "tra", "另一个部门")
    with pytest.raises(InvalidError):
        _add(city, "BLANK", "\u200b \u3000")
    assert _find(city, "长" * 120) is not None


def test_a_name_that_unfolds_very_long_is_refused_before_the_database(city: City) -> None:
    """P107: one character that stands for eighteen."""
    with pytest.raises(InvalidError):
        _add(city, "UNF", "\ufdfa" * 60)


def test_a_renamed_department_is_found_by_both_names(city: City) -> None:
    """P62: one department; papers before the day keep the old name; the old name may not be doubled by itself."""
    traffic = city.departments["TRA"]
    _write(city, lambda act: department.rename_department(act, traffic, DepartmentNames("交通运输局"), on=TODAY))
    assert _find(city, "交通局") == _find(city, "交通运输局") == _find(city, "TRA") == traffic
    with city.database.reading() as session:
        before = name_departments(session.connection(), [traffic], date(2026, 3, 1))
        after = name_departments(session.connection(), [traffic], TODAY)
        first = name_departments(session.connection(), [traffic], date(2000, 1, 1))
    assert (before, after, first) == ({traffic: "交通局"}, {traffic: "交通运输局"}, {traffic: "交通局"})


def test_a_name_given_back_holds_again(city: City) -> None:
    """A, B, then A again: each day has the name of that day, and no row is doubled."""
    traffic, later = city.departments["TRA"], date(2026, 5, 1)
    _write(city, lambda act: department.rename_department(act, traffic, DepartmentNames("交委"), on=TODAY))
    _write(city, lambda act: department.rename_department(act, traffic, DepartmentNames("交通局")), today=later)
    with city.database.reading() as session:
        named = [
            name_departments(session.connection(), [traffic], day)[traffic]
            for day in (date(2026, 1, 1), date(2026, 4, 1), date(2026, 6, 1))
        ]
    assert named == ["交通局", "交委", "交通局"]


def test_a_former_name_may_be_taken_by_a_new_department(city: City) -> None:
    """What holds now comes before what held once."""
    traffic = city.departments["TRA"]
    _write(city, lambda act: department.rename_department(act, traffic, DepartmentNames("交通运输局"), on=TODAY))
    new = _add(city, "NEW", "交通局")
    assert _find(city, "交通局") == new


def test_a_loop_is_refused_with_its_chain(city: City) -> None:
    """P105: a department under what lies below it, or under itself; the chain is shown, nothing changes."""
    section = _add(city, "S", "信号处", "TRA")
    unit = _write(city, lambda act: department.add_department(act, "U", DepartmentNames("信号科"), parent_id=section))
    for target in (section, city.departments["TRA"]):
        with pytest.raises(InvalidError, match="loop"):
            _write(city, functools.partial(_move, city.departments["TRA"], target))
    with pytest.raises(InvalidError) as caught:
        _write(city, lambda act: department.move_department(act, city.departments["TRA"], unit))
    assert "交通局 → 信号科 → 信号处 → 交通局" in caught.value.faults[0].sentence.zh


def _move(department_id: int, parent_id: int, act: Act) -> None:
    department.move_department(act, department_id, parent_id)


def test_moving_a_section_moves_who_reads_its_items(city: City) -> None:
    """Those above a department read what it leads; the readers' table follows the tree."""
    section = _add(city, "S", "信号处", "TRA")
    city.departments["S"] = section
    city.task(lead="S")
    _write(city, lambda act: department.move_department(act, section, city.departments["ENE"]))
    with city.database.reading() as session:
        assert compare(session.connection()) == []


def test_p59_a_department_in_use_cannot_be_closed(city: City) -> None:
    """P59: the conflict lists what refers to it; nothing is deleted."""
    led, supported = city.task(lead="TRA"), city.task(lead="ENE", supports=("TRA",))
    _add(city, "S", "信号处", "TRA")
    with pytest.raises(ConflictError) as caught:
        _write(city, lambda act: department.close_department(act, city.departments["TRA"]))
    said = caught.value.sentence
    assert f"1个牵头的在办事项（#{led}）" in said.zh
    assert f"1个配合的在办事项（#{supported}）" in said.zh
    assert "3个岗位" in said.zh
    assert "1个下级部门" in said.zh
    assert "1 open items that it leads" in said.en


def test_p60_a_department_that_only_history_names_can_be_closed(city: City) -> None:
    """P60: closed items and ended posts do not hold it; they still print its name."""
    weather = city.departments["WEA"]
    task = city.task(lead="WEA")
    city.do("office1", task, "cancel", {"reason": "撤销"})
    _write(city, lambda act: _end_posts(act, weather))
    _write(city, lambda act: department.close_department(act, weather))
    assert _find(city, "气象局") == weather
    with city.database.reading() as session:
        open_ids = [row.id for row in list_departments(session.connection(), TODAY)]
        row = session.execute(
            select(Department.name, Department.to_on)
            .join(Item, Item.owner_department_id == Department.id)
            .where(Item.id == task)
        ).one()
    assert weather not in open_ids
    assert tuple(row) == ("气象局", TODAY)


def _end_posts(act: Act, department_id: int) -> None:
    posts = select(Post.id).where(Post.department_id == department_id)
    for holding_id in act.connection.execute(select(Holding.id).where(Holding.post_id.in_(posts))).scalars().all():
        vacate(act, holding_id)
    for post_id in act.connection.execute(posts).scalars().all():
        close_post(act, post_id)


def test_a_merged_department_hands_its_open_work_over(city: City) -> None:
    """Open items, supports, posts pass to the successor, which also reads what was closed; each item tells."""
    energy, weather = city.departments["ENE"], city.departments["WEA"]
    led, shared = city.task(lead="WEA"), city.task(lead="TRA", supports=("WEA",))
    both = city.task(lead="ENE", supports=("WEA",))
    closed = city.task(lead="WEA")
    city.do("office1", closed, "cancel", {"reason": "撤销"})
    _write(city, lambda act: merging.merge_department(act, weather, energy))
    with city.database.reading() as session:
        owners = {row[0]: row[1] for row in session.execute(select(Item.id, Item.owner_department_id))}
        running = Post.to_on.is_(None)
        posts = session.execute(select(func.count()).where(Post.department_id == weather, running)).scalar_one()
        told = session.execute(select(History.action).where(History.item_id == led).order_by(History.seq)).scalars()
        assert list(told) == ["create", "hand_over"]
        assert compare(session.connection()) == []
    assert owners == {led: energy, shared: city.departments["TRA"], both: energy, closed: weather}
    assert posts == 0
    assert _find(city, "气象局") == weather
    with pytest.raises(ConflictError):
        _write(city, lambda act: merging.merge_department(act, weather, energy))


def test_every_write_is_audited(city: City) -> None:
    """One audit row for each write, naming the department."""
    added = _add(city, "NEW", "新部门")
    _write(city, lambda act: department.rename_department(act, added, DepartmentNames("新局")))
    _write(city, lambda act: department.move_department(act, added, city.departments["TRA"]))
    _write(city, lambda act: department.close_department(act, added), today=date(2026, 4, 1))
    with city.database.reading() as session:
        rows = session.execute(select(Audit.action).where(Audit.subject == f"department:{added}").order_by(Audit.id))
        assert list(rows.scalars()) == ["add_department", "rename_department", "move_department", "close_department"]
