"""Copies for information: who sends them, who reads what by them, when they were read, how they are taken back."""

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.item import NamedReader
from app.models.message import Message
from app.policy import access
from app.queries.on_item.copy import CopyRow, list_copies_of, list_copies_to
from app.services.message.telling import tell_batch
from app.services.on_item.copying import mark_copy_read, mark_item_opened, withdraw_copy
from app.services.rulebook import Rulebook
from tests.app.services.on_item.adding import act_as, copy
from tests.city import NOW, City


def can_read(city: City, login: str, item_id: int) -> bool:
    """Whether somebody may read an item."""
    with city.database.reading() as unit:
        return access.can_read(unit.connection(), act_as(city, login).readers, item_id)


def got(city: City, login: str, *, is_unread: bool | None = None) -> tuple[CopyRow, ...]:
    """Return the copies that somebody got."""
    actor = act_as(city, login)
    with city.database.reading() as unit:
        page = list_copies_to(unit.connection(), actor.readers, actor.person_id, is_unread=is_unread)
    return page.items


def sent_of(city: City, login: str, item_id: int, *, knows_all: bool = False) -> tuple[CopyRow, ...]:
    """Return an item's copies as somebody sees them."""
    actor = act_as(city, login)
    with city.database.reading() as unit:
        return list_copies_of(
            unit.connection(), actor.readers, item_id, actor.person_id, knows_all=knows_all
        ).items  # fmt: skip


def take_back(city: City, login: str, copy_id: int) -> None:
    """Withdraw a copy."""
    city.database.write(
        lambda unit: withdraw_copy(unit.connection(), city.people[login], NOW, NOW.date(), copy_id, source="test")
    )


def mark(city: City, login: str, copy_id: int) -> None:
    """Mark a copy as read."""
    city.database.write(lambda unit: mark_copy_read(unit.connection(), city.people[login], NOW, copy_id))


def test_a_copy_makes_its_receiver_a_reader_and_tells_them(city: City, book: Rulebook) -> None:
    """Issue 5 no. 7: the weather bureau's staff reads what they got, with the note, and nothing else."""
    task, other = city.task(), city.task("另一任务")
    version = city.version(task)
    sent = copy(city, "office1", task, "wea_staff", note="供了解")
    assert sent.names == ("测试wea_staff",)
    assert can_read(city, "wea_staff", task)
    assert not can_read(city, "wea_staff", other)
    assert not can_read(city, "wea_head", task)
    assert city.version(task) == version
    with city.database.reading() as unit:
        assert access.compare(unit.connection()) == []
    (row,) = got(city, "wea_staff", is_unread=True)
    assert (row.note, row.sent_by_name, row.title, row.read_at) == (
        "供了解",
        "测试office1",
        "主城区信号机数据对接",
        None,
    )
    with city.database.writing() as session:
        tell_batch(session, book, NOW)
    with city.database.reading() as unit:
        told = unit.execute(select(Message.person_id).where(Message.topic == "copy.sent")).scalars().all()
    assert told == [city.people["wea_staff"]]


@pytest.mark.parametrize("login", ["office1", "tra_head", "tra_staff"])
def test_who_acts_on_an_item_sends_copies(city: City, login: str) -> None:
    """The office, the head of the lead department, the assignee."""
    task = city.task(assignee_id=city.people["tra_staff"], supports=("ENE",))
    assert copy(city, login, task, "wea_head").names == ("测试wea_head",)


@pytest.mark.parametrize("login", ["tra_staff2", "ene_head", "leader", "auditor"])
def test_other_readers_send_none(city: City, login: str) -> None:
    """403: a colleague of the assignee, a supporting department, those who oversee."""
    task = city.task(assignee_id=city.people["tra_staff"], supports=("ENE",))
    with pytest.raises(ForbiddenError):
        copy(city, login, task, "wea_head")
    assert not can_read(city, "wea_head", task)


def test_whoever_the_item_waits_for_sends_copies(city: City) -> None:
    """A task that waits for its receipt waits for the whole lead department."""
    task = city.task()
    with pytest.raises(ForbiddenError):
        copy(city, "tra_staff", task, "wea_head")
    city.do("office1", task, "assign")
    assert copy(city, "tra_staff", task, "wea_head").names == ("测试wea_head",)


def test_readers_of_a_confidential_item_are_named_by_the_office(city: City) -> None:
    """As when it is entered: not by its own head; a clerk who may not read it does not find it."""
    task = city.task(confidential=True)
    with pytest.raises(ForbiddenError):
        copy(city, "tra_head", task, "wea_staff")
    with pytest.raises(NotFoundError):
        copy(city, "office1", task, "wea_staff")
    copy(city, "director", task, "wea_staff")
    assert can_read(city, "wea_staff", task)
    assert not can_read(city, "wea_head", task)


def test_a_departments_head_gets_it_by_the_department(city: City) -> None:
    """Whoever heads it today; a department without a head is a fault by name."""
    task = city.task()
    sent = copy(city, "office1", task, departments=(city.departments["WEA"],))
    assert sent.names == ("测试wea_head",)
    with pytest.raises(InvalidError) as error:
        copy(city, "office1", task, departments=(city.departments["OFF"], 999_999))
    assert [fault.field for fault in error.value.faults] == ["departments", "departments"]
    assert "协调办公室" in error.value.faults[0].sentence.zh


def test_bad_receivers_are_told_at_once(city: City) -> None:
    """Nobody; a number that is nobody's; an administrator; a note that is too long: every fault."""
    task = city.task()
    with pytest.raises(InvalidError):
        copy(city, "office1", task)
    with pytest.raises(InvalidError) as error:
        copy(city, "office1", task, "admin", people=(999_999,), note="长" * 501)
    assert sorted(fault.field for fault in error.value.faults) == ["note", "people", "people"]


def test_sent_twice_it_is_there_once(city: City) -> None:
    """A double click, and the same receiver again later: the live copy stays, nobody is told twice."""
    task = city.task()
    first = copy(city, "office1", task, "wea_head", key="k1")
    again = copy(city, "office1", task, "wea_head", key="k1")
    assert (again.copy_ids, again.is_replay) == (first.copy_ids, True)
    third = copy(city, "tra_head", task, "wea_head", "pol_head")
    assert (third.names, third.had) == (("测试pol_head",), ("测试wea_head",))
    assert len(sent_of(city, "office1", task)) == 2


def test_the_sender_sees_who_has_read_it(city: City) -> None:
    """Opened the first time counts; other readers see to whom it went, not whether it was read."""
    task = city.task()
    (copy_id,) = copy(city, "tra_head", task, "wea_head").copy_ids
    city.database.write(lambda unit: mark_item_opened(unit.connection(), city.people["wea_head"], NOW, task))
    mark(city, "wea_head", copy_id)
    (row,) = sent_of(city, "tra_head", task)
    assert row.read_at == NOW
    (row,) = sent_of(city, "tra_staff", task)
    assert (row.person_name, row.read_at, row.knows_reading) == ("测试wea_head", None, False)
    assert got(city, "wea_head", is_unread=True) == ()
    assert len(got(city, "wea_head", is_unread=False)) == 1


def test_an_unread_copy_is_withdrawn_and_the_reader_is_none_any_more(city: City) -> None:
    """By its sender or the office; a copy that was read stays; withdrawn twice it stays withdrawn."""
    task = city.task()
    (copy_id,) = copy(city, "tra_head", task, "wea_head").copy_ids
    with pytest.raises(ForbiddenError):
        take_back(city, "tra_staff", copy_id)
    take_back(city, "tra_head", copy_id)
    take_back(city, "office1", copy_id)
    assert not can_read(city, "wea_head", task)
    assert got(city, "wea_head") == ()
    assert sent_of(city, "office1", task) == ()
    with city.database.reading() as unit:
        assert access.compare(unit.connection()) == []
    (second,) = copy(city, "office1", task, "wea_head").copy_ids
    mark(city, "wea_head", second)
    with pytest.raises(ConflictError) as error:
        take_back(city, "office1", second)
    assert error.value.code == "copy_read"
    assert can_read(city, "wea_head", task)


def test_who_was_a_named_reader_before_stays_one(city: City) -> None:
    """Taking a copy back takes nothing that somebody else gave."""
    task = city.task(confidential=True, reader_ids=(city.people["wea_staff"],))
    (copy_id,) = copy(city, "director", task, "wea_staff").copy_ids
    take_back(city, "director", copy_id)
    assert can_read(city, "wea_staff", task)
    with city.database.reading() as unit:
        named = unit.execute(select(NamedReader.person_id).where(NamedReader.item_id == task)).scalars().all()
    assert named == [city.people["wea_staff"]]


def test_somebody_elses_copy_does_not_exist(city: City) -> None:
    """Forged ids: neither read for others, nor withdrawn by who may not read the item."""
    task = city.task()
    (copy_id,) = copy(city, "office1", task, "wea_head").copy_ids
    with pytest.raises(NotFoundError):
        mark(city, "pol_head", copy_id)
    with pytest.raises(NotFoundError):
        mark(city, "office1", copy_id)
    with pytest.raises(NotFoundError):
        take_back(city, "pol_head", copy_id)
    with pytest.raises(NotFoundError):
        take_back(city, "office1", 999_999)
