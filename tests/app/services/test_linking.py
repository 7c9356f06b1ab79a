"""Links: no chain ever closes, whoever lays it and from wherever; many at once or none (cases P105, P106)."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError
from app.models.item import Item, ItemLink
from app.models.record import Audit
from app.policy.people import find_actor
from app.queries.link import Links, read_links
from app.services.entering import NewItem
from app.services.linking import LINKS_MAX, Link, add_links, lay_links, remove_link
from tests.city import NOW, City
from workflows.loops import find_loop


def add(city: City, *pairs: tuple[int, int], by: str = "office1", kind: str = "blocks") -> list[Link]:
    links = [Link(a, b, kind) for a, b in pairs]
    return city.database.write(
        lambda session: add_links(session, city.book, city.people[by], NOW, links, source="test")
    )


def kept(city: City) -> set[tuple[int, int]]:
    with city.database.reading() as session:
        return {(row[0], row[1]) for row in session.execute(select(ItemLink.from_id, ItemLink.to_id))}


def read(city: City, item_id: int, by: str = "office1") -> Links:
    today = NOW.date()
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people[by], today)
        assert actor is not None
        return read_links(session.connection(), actor.readers, item_id, today)


def make_old_loop(city: City, *pairs: tuple[int, int]) -> None:
    """Write links as data of long ago may hold them."""
    with city.database.writing() as session:
        session.execute(insert(ItemLink), [{"from_id": a, "to_id": b, "kind": "blocks"} for a, b in pairs])


def test_p105_a_loop_is_refused_with_its_chain(city: City) -> None:
    """P105: A blocks B, B blocks C; C blocks A is refused, the chain is shown, nothing is written."""
    a, b, c = (city.task(title) for title in ("甲", "乙", "丙"))
    add(city, (a, b), (b, c))
    with pytest.raises(ConflictError) as caught:
        add(city, (c, a))
    assert caught.value.code == "loop"
    assert "丙 → 甲 → 乙 → 丙" in caught.value.sentence.zh
    assert kept(city) == {(a, b), (b, c)}


def test_p105_nothing_is_linked_with_itself_or_its_own_parent(city: City) -> None:
    """P105: an item with itself: InvalidError; an item as its own parent: the table refuses."""
    a = city.task()
    with pytest.raises(InvalidError):
        add(city, (a, a))
    with city.database.writing() as session, pytest.raises(ConflictError):
        lay_links(session.connection(), [(a, a)], "blocks")
    with pytest.raises(IntegrityError), city.database.writing() as session:
        session.execute(text("UPDATE items SET parent_id = id WHERE id = :id"), {"id": a})


def test_p105_an_old_loop_is_walked_once_and_shown(city: City) -> None:
    """P105: data of long ago: reading ends and names the loop; a link elsewhere is not its fault."""
    a, b, c, d = (city.task(title) for title in ("甲", "乙", "丙", "丁"))
    make_old_loop(city, (a, b), (b, c), (c, a))
    found = read(city, a)
    assert [[row.title if row else None for row in loop] for loop in found.loops] == [["甲", "乙", "丙", "甲"]]
    assert {(one.steps, one.item.id) for one in found.after} == {(1, b), (2, c)}
    assert {(one.steps, one.item.id) for one in found.before} == {(1, c), (2, b)}
    assert add(city, (c, d))
    with pytest.raises(ConflictError):
        add(city, (d, b))


def test_p106_a_predecessor_is_not_hung_below_its_successor(city: City) -> None:
    """P106: A with subtasks precedes B: no link makes a task wait for what it is part of, in either direction."""
    project = city.project()
    a, b = city.task("甲", parent_id=project), city.task("乙", parent_id=project)
    a1 = city.task("甲一", parent_id=a)
    add(city, (a, b))
    for pair in ((project, a), (a, project), (a1, a), (a, a1), (b, a1), (project, a1)):
        with pytest.raises(ConflictError) as caught:
            add(city, pair)
        assert caught.value.code == "loop"
    assert add(city, (a1, b))
    b1 = city.task("乙一", parent_id=b)
    with pytest.raises(ConflictError) as caught:
        add(city, (b1, a1))
    assert "甲一" in caught.value.sentence.zh


def test_p106_many_at_once_or_none(city: City) -> None:
    """P106: two good links and one that closes a loop, also one among themselves: nothing is half done."""
    a, b, c, d = (city.task(str(number)) for number in range(4))
    add(city, (a, b))
    with pytest.raises(ConflictError):
        add(city, (b, c), (c, d), (d, a))
    with pytest.raises(ConflictError):
        add(city, (c, d), (d, c))
    assert kept(city) == {(a, b)}


def test_a_link_twice_is_one(city: City) -> None:
    """A double click changes nothing and writes no second record."""
    a, b = city.task(), city.task()
    assert add(city, (a, b), (a, b)) == [Link(a, b, "blocks")]
    assert add(city, (a, b)) == []
    with city.database.reading() as session:
        rows = session.execute(select(Audit.item_id).where(Audit.action == "link.add")).scalars().all()
    assert len(rows) == 2
    assert set(rows) == {a, b}


def test_kinds_are_free_of_loops_each_by_itself(city: City) -> None:
    """A was split from B and blocks it: two kinds, no loop; the same kind back is one."""
    a, b = city.task("甲"), city.task("乙")
    add(city, (a, b))
    add(city, (b, a), kind="split_from")
    with pytest.raises(ConflictError):
        add(city, (a, b), kind="split_from")


def test_who_may_link(city: City) -> None:
    """The office links anything; the lead of what waits says what it waits for; nobody links what they cannot see."""
    a, b = city.task("甲", lead="TRA", supports=("ENE",)), city.task("乙", lead="ENE", supports=("TRA",))
    with pytest.raises(NotFoundError):
        add(city, (a, b), by="wea_head")
    with pytest.raises(ForbiddenError):
        add(city, (a, b), by="tra_head")
    with pytest.raises(ForbiddenError):
        add(city, (a, b), by="ene_head", kind="decides")
    assert add(city, (a, b), by="ene_staff")
    with pytest.raises(ForbiddenError):
        drop(city, Link(a, b, "blocks"), by="tra_head")
    drop(city, Link(a, b, "blocks"), by="ene_head")
    assert kept(city) == set()
    with pytest.raises(NotFoundError):
        drop(city, Link(a, b, "blocks"))


def drop(city: City, link: Link, by: str = "office1") -> None:
    city.database.write(lambda session: remove_link(session, city.book, city.people[by], NOW, link, source="test"))


def test_the_chain_tells_nothing_that_may_not_be_read(city: City) -> None:
    """A loop over a confidential task: refused, its title is not told."""
    a, b = city.task("甲", supports=("ENE",)), city.task("乙", lead="ENE", supports=("TRA",))
    secret = city.task("不可说", lead="WEA", confidential=True)
    make_old_loop(city, (b, secret), (secret, a))
    with pytest.raises(ConflictError) as caught:
        add(city, (a, b), by="ene_head")
    assert "不可说" not in str(caught.value) + caught.value.sentence.zh
    assert "无权查看" in caught.value.sentence.zh
    assert [one.item.id for one in read(city, b, by="ene_head").after] == [a]
    with pytest.raises(NotFoundError):
        read(city, secret, by="ene_head")


def test_what_is_closed_waits_for_nothing(city: City) -> None:
    """A closed item gets no predecessor."""
    a, b = city.task(), city.task()
    city.do("office1", b, "cancel", {"reason": "不要了"})
    with pytest.raises(ConflictError) as caught:
        add(city, (a, b))
    assert caught.value.code == "closed"
    assert add(city, (b, a))


def test_wrong_links_are_named_by_their_place(city: City) -> None:
    """An unknown kind, none at all, too many; an item that is not there."""
    a, b = city.task(), city.task()
    with pytest.raises(InvalidError) as caught:
        city.database.write(lambda session: add_links(
            session, city.book, city.people["office1"], NOW, [Link(a, b, "blocks"), Link(a, b, "likes")], source="test"
        ))  # fmt: skip
    assert caught.value.faults[0].field == "links[2].kind"
    with pytest.raises(InvalidError):
        add(city)
    with pytest.raises(InvalidError):
        add(city, *[(a, b)] * (LINKS_MAX + 1))
    with pytest.raises(NotFoundError):
        add(city, (a, 10**9))
    with city.database.writing() as session:
        assert lay_links(session.connection(), [], "blocks") == []


def test_two_at_the_same_time_close_no_loop(city: City) -> None:
    """A blocks B and B blocks A in two units at once: one of them is refused."""
    a, b = city.task(), city.task()
    start = threading.Barrier(2)
    refused: list[str] = []

    def run(pair: tuple[int, int]) -> None:
        start.wait()
        try:
            add(city, pair)
        except DomainError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=run, args=(pair,)) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["loop"]
    assert len(kept(city)) == 1


def _leads_nowhere(links: Sequence[tuple[int, int]], parents: dict[int, int]) -> bool:
    """Say by the plain rule whether every item can begin and end: the twin of the check in the database."""
    edges: dict[tuple[int, bool], list[tuple[int, bool]]] = {}
    for number in range(6):
        edges.setdefault((number, False), []).append((number, True))
        if number in parents:
            edges.setdefault((parents[number], False), []).append((number, False))
            edges.setdefault((number, True), []).append((parents[number], True))
    for before, after in links:
        edges.setdefault((before, True), []).append((after, False))
    return find_loop(edges) is None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=4), max_size=5),
    st.lists(st.integers(-1, 4), min_size=5, max_size=5),
)
def test_random_graphs_stay_free_of_loops(city: City, batches: list[list[tuple[int, int]]], above: list[int]) -> None:
    """P105, P106: whatever is asked for in whatever order, a batch is laid exactly when no chain closes by it."""
    parents = {number: parent for number, parent in enumerate(above, 1) if 0 <= parent < number}
    ids = city.enter(*(NewItem("task", f"T{number}", city.departments["TRA"]) for number in range(6)))
    laid: list[tuple[int, int]] = []
    with city.database.writing() as session:
        connection = session.connection()
        for number, parent in parents.items():
            connection.execute(update(Item).where(Item.id == ids[number]).values(parent_id=ids[parent]))
        for batch in batches:
            wanted = [*laid, *batch]
            fits = _leads_nowhere(wanted, parents) and all(a != b for a, b in batch)
            try:
                lay_links(connection, [(ids[a], ids[b]) for a, b in batch], "blocks")
            except ConflictError:
                assert not fits
            else:
                assert fits
                laid = wanted
    with city.database.writing() as session:
        rows = {(row[0], row[1]) for row in session.execute(select(ItemLink.from_id, ItemLink.to_id))}
        assert rows == {(ids[a], ids[b]) for a, b in laid}
        session.execute(delete(ItemLink))
        assert session.execute(select(Item.id)).first() is not None
