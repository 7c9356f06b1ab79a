"""What filters mean, the same for a walk by due date and by any other order, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from app.models.document import SourceDocument
from app.models.item import Item, ItemClock, Project, Task
from app.policy.people import find_actor
from app.queries.item import SORTS, ItemFilter, ItemRow, list_items
from app.queries.listing.beside import find_made_from, find_title, list_phases, read_parents
from app.queries.listing.conditions import make_conditions
from app.services.entering import NewItem, search_text
from tests.city import NOW, City

TODAY = date(2026, 3, 2)


def _readers(city: City, login: str = "office1") -> tuple[str, ...]:
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people[login], TODAY)
    assert actor is not None
    return actor.readers


def _list(city: City, wanted: ItemFilter, sort: str = "due", login: str = "office1") -> list[int]:
    with city.database.reading() as session:
        page = list_items(session.connection(), _readers(city, login), TODAY, wanted, sort=sort, limit=200)
    return [row.id for row in page.items]


def _change(city: City, item_id: int, **values: object) -> None:
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(**values))


def test_every_filter_restricts_alike_in_every_order(city: City) -> None:
    """Part of a department, urgency, source, phase, dates, level: each gives its items whatever the order."""
    lead = city.task("牵头", lead="TRA", due_on=date(2026, 5, 1), urgency="urgent", details={"source_kind": "letter"})
    support = city.task("配合", lead="ENE", supports=("TRA",), due_on=date(2026, 6, 1))
    project = city.project("项目", lead="POL", supports=())
    closed = city.task("了结", lead="WEA", due_on=None)
    city.do("office1", closed, "cancel", {"reason": "重复"})
    with city.database.writing() as session:
        session.execute(update(ItemClock).where(ItemClock.item_id == support).values(rung=3))
        session.execute(update(Project).where(Project.item_id == project).values(phase_seq=1))
    tra = city.departments["TRA"]
    day = NOW.replace(hour=0)
    cases: dict[str, tuple[ItemFilter, set[int]]] = {
        "lead": (ItemFilter(department_id=tra, part="lead"), {lead}),
        "support": (ItemFilter(department_id=tra, part="support"), {support}),
        "either": (ItemFilter(department_id=tra), {lead, support}),
        "both": (ItemFilter(department_id=city.departments["ENE"], part="lead", support_id=tra), {support}),
        "both, none": (ItemFilter(department_id=tra, part="lead", support_id=tra), set()),
        "urgency": (ItemFilter(urgencies=("urgent", "very_urgent")), {lead}),
        "source": (ItemFilter(sources=("letter",)), {lead}),
        "phase": (ItemFilter(phase="基础建设"), {project}),
        "phase in English": (ItemFilter(phase="Foundation"), {project}),
        "no such phase": (ItemFilter(phase="无"), set()),
        "due from": (ItemFilter(due_from=date(2026, 6, 1)), {support, project}),
        "due until": (ItemFilter(due_until=date(2026, 5, 1)), {lead}),
        "due between": (ItemFilter(due_from=date(2026, 5, 1), due_until=date(2026, 6, 1)), {lead, support}),
        "closed": (ItemFilter(closed_from=day, closed_before=day + timedelta(days=1)), {closed}),
        "closed later": (ItemFilter(closed_from=NOW + timedelta(days=1)), set()),
        "rung": (ItemFilter(rung=2), {support}),
        "rung higher": (ItemFilter(rung=4), set()),
        "all at once": (ItemFilter(department_id=tra, part="support", rung=3, due_from=date(2026, 6, 1)), {support}),
    }  # fmt: skip
    for name, (wanted, ids) in cases.items():
        for sort in SORTS:
            assert set(_list(city, wanted, sort)) == ids, (name, sort)


def test_without_a_date_comes_last_both_ways(city: City) -> None:
    """Due dates sort both ways; an item without one stands last either way."""
    none = city.task(due_on=None)
    later, sooner = city.task(due_on=date(2026, 5, 1)), city.task(due_on=date(2026, 4, 1))
    assert _list(city, ItemFilter(), "due") == [sooner, later, none]
    assert _list(city, ItemFilter(), "-due") == [later, sooner, none]


@pytest.mark.parametrize("size", [7, 100])
def test_pages_of_items_entered_at_once(city: City, size: int) -> None:
    """P94: 250 tasks of one transaction, few dates, one title: the pages hold each id once, in every order."""
    tra = city.departments["TRA"]
    dates = (date(2026, 4, 1), None, date(2026, 4, 2))
    new = [
        NewItem("task", "数据报送", tra, due_on=dates[number % 3], supports=[(city.departments["OFF"], None, None)])
        for number in range(250)
    ]
    ids = city.enter(*new)
    for sort in SORTS:
        seen: list[ItemRow] = []
        cursor = None
        with city.database.reading() as session:
            while True:
                page = list_items(session.connection(), _readers(city), TODAY, ItemFilter(), sort=sort,
                                  limit=size, cursor=cursor)  # fmt: skip
                seen += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
        assert sorted(row.id for row in seen) == ids, sort
        if sort.endswith("due"):
            order = [row.due_on for row in seen if row.due_on is not None]
            assert order == sorted(order, reverse=sort == "-due")
            assert all(row.due_on is None for row in seen[len(order) :])


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("督〔2026〕17号", True), ("督[2026]17", True), ("督（２０２６）17号", True),
        ("督(2026)１７", True), ("【2026】", True),
        ("督[2026]18", False), ("gzh-a1", True), ("ＧＺＨ－Ａ１", True), ("数据 17号", True),
        ("数 据", True), ("数据平台", False),
        ("%", False), ("2026_17", False), ("督[2026]%", False), ("'", False), ("督[2026", True), ("]17", True),
    ],
)  # fmt: skip
def test_numbers_are_found_however_they_are_typed(city: City, words: str, is_found: bool) -> None:  # noqa: FBT001  # a case
    """P86: other brackets, full-width digits and letters, any case; wildcards stand for themselves."""
    task = city.task("跨部门数据共享")
    _change(city, task, search_text=search_text("跨部门数据共享", "督〔2026〕17号 GZH-A1"))
    for sort in ("due", "title"):
        assert (_list(city, ItemFilter(words=words), sort) == [task]) == is_found


def test_a_running_number_finds_its_item(city: City) -> None:
    """What a page calls an item that has no number finds it, in both languages; of another kind it does not."""
    task, project = city.task("甲"), city.project("乙")
    for words in (f"任务{task}", f"Task {task}", f"#{task}", f"任务 {task}"):
        assert _list(city, ItemFilter(words=words)) == [task], words
    assert _list(city, ItemFilter(words=f"项目{project}")) == [project]
    assert _list(city, ItemFilter(words=f"项目{task}")) == []
    assert _list(city, ItemFilter(words=f"任务{task}"), login="pol_head") == []


def test_the_item_above_is_named_to_its_readers_only(city: City) -> None:
    """Whoever is asked to act on a child may read it and not what stands above: no title then."""
    project = city.project("上级项目", lead="ENE", supports=())
    child = city.enter(NewItem("task", "下级任务", city.departments["ENE"], parent_id=project, due_on=None,
                               assignee_id=city.people["wea_staff"]))[0]  # fmt: skip
    assert _list(city, ItemFilter(), login="wea_staff") == [child]
    with city.database.reading() as session:
        connection = session.connection()
        assert read_parents(connection, _readers(city, "office1"), [child]) == {child: (project, "上级项目")}
        assert read_parents(connection, _readers(city, "wea_staff"), [child]) == {}
        assert find_title(connection, _readers(city, "office1"), project) == "上级项目"
        assert find_title(connection, _readers(city, "wea_staff"), project) is None


def test_phases_come_from_the_templates(city: City) -> None:
    """The names to choose from are those that templates lay out, each once."""
    with city.database.reading() as session:
        names = [name.zh for name in list_phases(session.connection())]
    assert "基础建设" in names
    assert len(names) == len(set(names))


def test_a_search_asks_the_index_of_pairs(city: City) -> None:
    """PostgreSQL finds a rare word by its pairs of characters (migration 0010); SQLite has no such condition."""
    city.task("跨部门数据共享平台建设")
    today, wanted = TODAY, ItemFilter(words="督[2026]17 共享平台")
    conditions = list(make_conditions(today, wanted, by_access=False))
    statement = select(Item.id).where(*conditions)
    with city.database.reading() as session:
        connection = session.connection()
        said = str(statement.compile(connection.engine))
        if connection.dialect.name == "sqlite":
            assert "lianban_pairs" not in said
            return
        assert "lianban_pairs(items.search_text) @>" in said
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            text("EXPLAIN SELECT id FROM items WHERE lianban_pairs(search_text) @> ARRAY['共享', '享平', '平台']")
        )
        assert "ix_items_pairs" in "\n".join(row[0] for row in plan)


def _find_made_from(city: City, words: str) -> tuple[int, ...]:
    with city.database.reading() as session:
        return find_made_from(session.connection(), words)


def test_the_number_of_a_paper_finds_what_was_made_from_it(city: City) -> None:
    """Whichever brackets it has, its own or the register's; of a confidential one only what is confidential."""
    ids = [city.task(title) for title in ("甲", "乙", "丙")]
    common = {"kind": "letter", "title": "来函", "search_text": "来函", "received_on": TODAY, "registered_at": NOW,
              "registered_by": city.people["office1"]}  # fmt: skip
    with city.database.writing() as session:
        open_, secret = (
            SourceDocument(**common, register_number="收〔2026〕1号", number="云府督批〔2026〕58号"),
            SourceDocument(**common, register_number="收〔2026〕2号", number="密〔2026〕3号", confidential=True),
        )
        session.add_all([open_, secret])
        session.flush()
        for item_id, document in zip(ids, (open_, secret, secret), strict=True):
            session.execute(update(Task).where(Task.item_id == item_id).values(source_document_id=document.id))
    _change(city, ids[2], confidential=True)
    for words in ("云府督批〔2026〕58号", "云府督批[2026]58号", "云府督批（2026）58号", "收〔2026〕1号"):
        assert _find_made_from(city, words) == (ids[0],)
    assert _find_made_from(city, "密〔2026〕3号") == (ids[2],)
    assert _find_made_from(city, "云府督批58号") == ()
    assert _find_made_from(city, "〔2026〕") == ()
    wanted = ItemFilter(words="云府督批〔2026〕58号", also_ids=(ids[0],))
    assert [_list(city, wanted, sort) for sort in ("due", "title", "-id")] == [[ids[0]]] * 3


def test_a_bare_number_finds_an_item(city: City) -> None:
    """12 finds the item of that number and whatever has 12 in its title; with its kind it finds that kind only."""
    item_id = city.task("甲")
    named = city.task(f"第{item_id}号样品")
    assert sorted(_list(city, ItemFilter(words=str(item_id)))) == [item_id, named]
    assert _list(city, ItemFilter(words=f"任务{item_id}")) == [item_id]
    assert _list(city, ItemFilter(words=f"项目{item_id}")) == []
