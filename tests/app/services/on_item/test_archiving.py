"""The archive: what may be archived by whom, that nobody writes to it, how it is taken out, what is past its period."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from app.models.item import Item
from app.models.remark import ItemArchive
from app.queries.item import ItemFilter, list_items
from app.queries.item_detail import find_item
from app.queries.on_item.archive import list_archived
from app.services.attachment.permission import Parent, find_standing
from app.services.linking import Link, add_links
from app.services.on_item.archiving import archive_due, set_retention
from app.services.recording import Acting
from app.services.reentering import Reentry, reenter_items
from app.services.rules import set_rule
from tests.app.services.on_item.adding import (
    act_as,
    archive,
    close,
    copy,
    correct,
    unarchive,
    withdraw,
    write,
)
from tests.city import NOW, City
from workflows.archive.retention import Retention, choose_retention, find_last_day, format_archive_number


def row_of(city: City, item_id: int) -> Any:  # noqa: ANN401  # a row
    """Return what the archive holds of an item."""
    with city.database.reading() as unit:
        return unit.execute(select(*ItemArchive.__table__.columns).where(ItemArchive.item_id == item_id)).first()


def closed_task(city: City, **more: Any) -> int:  # noqa: ANN401  # as `City.task` takes them
    """Return a cancelled task."""
    task = city.task(**more)
    close(city, task)
    return task


def test_periods_end_with_a_year() -> None:
    """Order no. 8: counted from 1 January after the year; numbers as DA/T 22 builds them."""
    assert find_last_day(Retention.YEARS_10, date(2026, 3, 2)) == date(2036, 12, 31)
    assert find_last_day(Retention.YEARS_30, date(2026, 12, 31)) == date(2056, 12, 31)
    assert find_last_day(Retention.PERMANENT, date(2026, 3, 2)) is None
    assert format_archive_number(Retention.PERMANENT, 2026, 7) == "WS·2026-Y-0007"
    assert [choose_retention(kind) for kind in ("project", "task", "request")] == [
        Retention.PERMANENT, Retention.YEARS_30, Retention.YEARS_10
    ]  # fmt: skip


def test_the_office_archives_a_closed_item_under_a_number(city: City) -> None:
    """Numbers run without gaps within year and period; the period as given, else by kind."""
    first, second, third = (closed_task(city, title=f"第{number}件") for number in range(3))
    made = archive(city, "office1", first)
    assert (made.number, made.keep_until_on) == ("WS·2026-D30-0001", date(2056, 12, 31))
    assert archive(city, "office1", second, "years_10").number == "WS·2026-D10-0001"
    assert archive(city, "director", third).number == "WS·2026-D30-0002"
    assert row_of(city, first).archived_by == city.people["office1"]


def test_archived_twice_under_one_key_it_happens_once(city: City) -> None:
    """A double click; without the key the second is refused."""
    task = closed_task(city)
    made = archive(city, "office1", task, key="k1")
    assert archive(city, "office1", task, key="k1").number == made.number
    with pytest.raises(ConflictError) as error:
        archive(city, "office1", task)
    assert error.value.code == "archived"


def test_who_may_not_archive(city: City) -> None:
    """Only the office; auditors change nothing; for strangers there is no item; the period is one of three."""
    task = closed_task(city)
    for login in ("tra_head", "leader", "auditor"):
        with pytest.raises(ForbiddenError):
            archive(city, login, task)
    with pytest.raises(NotFoundError):
        archive(city, "wea_head", task)
    with pytest.raises(InvalidError):
        archive(city, "office1", task, "years_5")
    assert row_of(city, task) is None


def test_what_is_open_is_not_archived(city: City) -> None:
    """Neither the item itself nor with something open below it."""
    task = city.task()
    with pytest.raises(ConflictError) as error:
        archive(city, "office1", task)
    assert error.value.code == "item_open"
    project = city.project()
    below = city.task(parent_id=project)
    with city.database.writing() as session:
        session.execute(text("UPDATE items SET closed_at = :now WHERE id = :id"), {"now": NOW, "id": project})
    with pytest.raises(ConflictError) as error:
        archive(city, "office1", project)
    assert error.value.code == "open_below"
    close(city, below)
    assert archive(city, "office1", project).item_ids == (project, below)
    assert (row_of(city, below).within_id, row_of(city, below).number) == (project, None)
    with pytest.raises(ConflictError) as error:
        unarchive(city, "director", below)
    assert error.value.code == "filed_within"
    assert unarchive(city, "director", project) == (project, below)
    assert row_of(city, below).archived_at is None


def _write(city: City, task: int) -> None:
    write(city, "tra_staff", task, "迟到的话")


def _copy(city: City, task: int) -> None:
    copy(city, "office1", task, "wea_head")


def _step(city: City, task: int) -> None:
    city.do("office1", task, "reopen", {"reason": "重办"})


def _file(city: City, task: int) -> None:
    with city.database.writing() as session:
        find_standing(session.connection(), Parent(item_id=task), city.people["office1"], NOW, NOW.date(), lock=True)


def _link(city: City, task: int) -> None:
    other = city.task("另一任务")
    with city.database.writing() as session:
        add_links(session, city.book, city.people["office1"], NOW, [Link(task, other, "split_from")], source="test")


def _retain(city: City, task: int) -> None:
    with city.database.writing() as session:
        set_retention(
            session.connection(), city.book, city.people["office1"], NOW, task, "years_10", source="test"
        )  # fmt: skip


def _ledger(city: City, task: int) -> None:
    with city.database.writing() as session:
        acting = Acting(city.people["office1"], "office")
        reenter_items(session.connection(), city.book, acting, NOW, [Reentry(task, {"title": "改名"})], source="test")


@pytest.mark.parametrize("act", [_write, _copy, _step, _file, _link, _retain, _ledger])
def test_nobody_writes_to_an_archived_item(city: City, act: Callable[[City, int], None]) -> None:
    """Steps, remarks, copies, files, links, the period, a later ledger: each is refused with the reason."""
    task = closed_task(city)
    archive(city, "office1", task)
    with pytest.raises(ConflictError) as error:
        act(city, task)
    assert error.value.code == "archived"
    assert "撤销归档" in error.value.sentence.zh


def test_remarks_of_an_archived_item_stay_as_they_are(city: City) -> None:
    """Neither corrected nor withdrawn."""
    task = closed_task(city)
    remark = write(city, "tra_staff", task, "原话").remark_id
    archive(city, "office1", task)
    with pytest.raises(ConflictError):
        correct(city, "tra_staff", remark, "改")
    with pytest.raises(ConflictError):
        withdraw(city, "tra_staff", remark)


def test_an_archived_item_is_read_as_before_and_found_by_its_filter(city: City) -> None:
    """Left out of lists unless they ask for it; its page says how it stands in the archive."""
    task, other = closed_task(city), closed_task(city, title="未归档")
    number = archive(city, "office1", task).number
    reader = act_as(city, "tra_staff")
    with city.database.reading() as unit:
        connection = unit.connection()

        def ids(**more: Any) -> set[int]:  # noqa: ANN401  # a filter's values
            page = list_items(connection, reader.readers, NOW.date(), ItemFilter(is_open=False, **more))
            return {row.id for row in page.items}

        assert ids(is_archived=False) == {other}
        assert ids(is_archived=True) == {task}
        assert ids() == {task, other}
        by_title = list_items(
            connection, reader.readers, NOW.date(), ItemFilter(is_archived=True, words="信号机"), sort="title"
        )
        assert [row.id for row in by_title.items] == [task]
        detail = find_item(connection, reader.readers, task, NOW.date())
        assert detail.archive is not None
        assert (detail.archive.is_archived, detail.archive.number) == (True, number)
        assert find_item(connection, reader.readers, other, NOW.date()).archive is None


def test_only_the_director_takes_out_of_the_archive_with_a_reason(city: City) -> None:
    """Afterwards it is worked on as before; archived again it gets its number back."""
    task = closed_task(city)
    number = archive(city, "office1", task).number
    with pytest.raises(ForbiddenError):
        unarchive(city, "office1", task)
    with pytest.raises(InvalidError):
        unarchive(city, "director", task, " ")
    unarchive(city, "director", task)
    assert row_of(city, task).unarchived_reason == "补充材料"
    with pytest.raises(ConflictError) as error:
        unarchive(city, "director", task)
    assert error.value.code == "not_archived"
    write(city, "tra_staff", task, "补充一句")
    assert archive(city, "office1", task).number == number


def test_a_page_from_before_the_archive_is_an_old_one(city: City) -> None:
    """A step that rests on the version from before is refused even when it was under way at the same moment."""
    task = closed_task(city)
    version = city.version(task)
    archive(city, "office1", task)
    unarchive(city, "director", task)
    assert city.version(task) == version + 2
    city.database.write(lambda unit: unit.execute(text("UPDATE items SET state = 'done' WHERE id = :id"), {"id": task}))
    with pytest.raises(StaleError):
        city.do("office1", task, "reopen", {"reason": "重办"}, version=version)


def test_what_is_past_its_period_is_listed_and_nothing_is_destroyed(city: City) -> None:
    """For the review that decides; scoped as every list."""
    task, kept = closed_task(city), closed_task(city, title="永久保存")
    archive(city, "office1", task, "years_10")
    archive(city, "office1", kept, "permanent")
    with city.database.reading() as unit:
        connection = unit.connection()
        office, stranger = act_as(city, "office1").readers, act_as(city, "wea_head").readers
        assert list_archived(connection, office, is_past_on=date(2036, 12, 31)).items == ()
        past = list_archived(connection, office, is_past_on=date(2037, 1, 1)).items
        assert [row.item_id for row in past] == [task]
        assert list_archived(connection, stranger).items == ()
        assert {row.item_id for row in list_archived(connection, office).items} == {task, kept}
        first = list_archived(connection, office, limit=1)
        second = list_archived(connection, office, limit=1, cursor=first.next_cursor)
        assert [row.item_id for row in (*first.items, *second.items)] == [kept, task]
        assert second.next_cursor is None


def test_a_rule_archives_by_itself_after_working_days(city: City) -> None:
    """terms.archive_after_workdays: off by default; top items whose whole tree is closed; run twice, done once."""
    task = closed_task(city)
    project = city.project()
    below = city.task(parent_id=project)
    close(city, below)

    def run(days: int) -> list[int]:
        now = NOW + timedelta(days=days)
        acting = Acting(city.people["office1"], "system")
        return [
            one.item_id
            for one in city.database.write(lambda unit: archive_due(unit.connection(), city.book, acting, now))
        ]

    assert run(100) == []
    with city.database.writing() as session:
        acting = Acting(city.people["office1"], "office")
        set_rule(session, city.book, acting, NOW, key="terms.archive_after_workdays", value="5", from_on=None, note="",
                 apply_open=False, source="test")  # fmt: skip
    assert run(4) == []
    assert run(8) == [task]
    assert run(8) == []
    unarchive(city, "director", task, now=NOW + timedelta(days=9))
    assert run(10) == []
    assert run(30) == [task]
    with city.database.reading() as unit:
        assert unit.execute(select(Item.closed_at).where(Item.id == project)).scalar_one() is None
    assert row_of(city, below) is None


def test_the_period_is_set_before_the_archive(city: City) -> None:
    """Archived later, it is what was set; the office's matter."""
    task = city.task()
    with pytest.raises(ForbiddenError), city.database.writing() as session:
        set_retention(session.connection(), city.book, city.people["tra_head"], NOW, task, "permanent", source="test")
    _retain(city, task)
    close(city, task)
    assert archive(city, "office1", task).number == "WS·2026-D10-0001"
