"""Remarks and internal notes: who writes and reads them, whom they name, how they are corrected and withdrawn."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.message import Message
from app.models.record import Outbox
from app.models.remark import Remark
from app.queries.on_item.panel import read_on_item
from app.queries.on_item.people import list_item_readers
from app.queries.on_item.remark import list_remarks
from app.services.entering import NewItem
from app.services.message.telling import tell_batch
from app.services.rulebook import Rulebook
from tests.app.services.on_item.adding import act_as, copy, correct, read, withdraw, write
from tests.city import NOW, City


def owed(city: City) -> list[tuple[str, str]]:
    """Return recipient and topic of what is owed about remarks."""
    with city.database.reading() as unit:
        rows = unit.execute(
            select(Outbox.recipient, Outbox.topic).where(Outbox.topic.startswith("remark.")).order_by(Outbox.id)
        )
        return [(row[0], row[1]) for row in rows]


def test_readers_write_and_read_remarks_and_the_item_stays_as_it_is(city: City) -> None:
    """Issue 5 no. 7: a remark by a supporting department; neither version nor state changes."""
    task = city.task(supports=("ENE",))
    version = city.version(task)
    written = write(city, "ene_staff", task, "接口文档已发\n请查收")
    assert (city.version(task), city.state(task)) == (version, "draft")
    (row,) = read(city, "tra_head", task)
    assert (row.id, row.text, row.author_name) == (written.remark_id, "接口文档已发\n请查收", "测试ene_staff")
    assert row.from_department_name == "能源局"
    assert not row.is_note


def test_who_may_not_read_the_item_finds_no_remarks(city: City) -> None:
    """Case: GET /tasks/77/comments as an outsider is as if the task did not exist, and so is writing one."""
    task = city.task()
    remark = write(city, "tra_staff", task, "内容").remark_id
    with pytest.raises(NotFoundError):
        read(city, "wea_head", task)
    with pytest.raises(NotFoundError):
        write(city, "wea_head", task, "外人的话")
    with pytest.raises(NotFoundError):
        withdraw(city, "wea_head", remark)
    with pytest.raises(NotFoundError):
        correct(city, "wea_head", remark, "改")


def test_auditors_read_and_write_nothing(city: City) -> None:
    """DESIGN §2: auditors read all and change nothing."""
    task = city.task()
    write(city, "tra_staff", task, "内容")
    assert len(read(city, "auditor", task)) == 1
    with pytest.raises(ForbiddenError):
        write(city, "auditor", task, "审计意见")


@pytest.mark.parametrize("given", ["", " \n ", "字" * 5001])
def test_an_empty_or_endless_text_is_refused(city: City, given: str) -> None:
    """One fault on `text`."""
    task = city.task()
    with pytest.raises(InvalidError) as error:
        write(city, "tra_staff", task, given)
    assert [fault.field for fault in error.value.faults] == ["text"]


def test_written_twice_it_is_there_once(city: City) -> None:
    """A double click under one key, or the same words within a minute; later the same words are another remark."""
    task = city.task()
    first = write(city, "tra_staff", task, "收到", key="k1")
    again = write(city, "tra_staff", task, "收到", key="k1")
    assert (again.remark_id, again.is_replay) == (first.remark_id, True)
    assert write(city, "tra_staff", task, "收到", key="k2").remark_id == first.remark_id
    assert write(city, "tra_head", task, "收到").remark_id != first.remark_id
    later = write(city, "tra_staff", task, "收到", now=NOW + timedelta(minutes=2), key="k3")
    assert later.remark_id != first.remark_id
    with pytest.raises(InvalidError):
        write(city, "tra_staff", task, "别的内容", key="k1")


def test_a_mention_tells_its_person_once(city: City, book: Rulebook) -> None:
    """By name, by log-in, chosen by id; addresses of mail and other words behind an @ name nobody."""
    task = city.task(supports=("ENE",))
    written = write(
        city, "tra_staff", task, "@测试ene_staff，请看 @ene_staff；@tra_head请批，抄a@ene_head.cn，下午@会议室",
        mentions=(city.people["office1"],),
    )  # fmt: skip
    assert sorted(written.told) == ["测试ene_staff", "测试office1", "测试tra_head"]
    assert sorted(owed(city)) == sorted(
        (f"U:{city.people[login]}", "remark.mention") for login in ("ene_staff", "office1", "tra_head")
    )
    with city.database.writing() as session:
        tell_batch(session, book, NOW)
    with city.database.reading() as unit:
        messages = unit.execute(select(Message.person_id, Message.payload).where(Message.topic == "remark.mention"))
        rows = messages.all()
    assert len(rows) == 3
    assert all(set(row.payload) == {"remark", "by"} for row in rows)
    (row,) = read(city, "tra_head", task)
    assert row.mentions == ("测试ene_staff", "测试office1", "测试tra_head")


def test_who_may_not_read_any_more_is_not_told(city: City, book: Rulebook) -> None:
    """Case: somebody is taken off between the mention and its delivery; nothing of the item reaches them."""
    task = city.task(supports=("ENE",))
    write(city, "tra_staff", task, "@ene_staff 请看")
    with city.database.writing() as session:
        session.execute(text("DELETE FROM item_access WHERE item_id = :id AND reader LIKE 'D:%'"), {"id": task})
        tell_batch(session, book, NOW)
    with city.database.reading() as unit:
        assert unit.execute(select(func.count()).select_from(Message)).scalar_one() == 0


def test_a_remark_voids_no_signature(city: City) -> None:
    """Case: a comment after approval changes nothing of what was approved; a running round goes on."""
    task = city.task(supports=("ENE",), assignee_id=city.people["tra_staff"])
    city.do("office1", task, "assign")
    with city.database.writing() as session:
        session.execute(text("UPDATE items SET closed_at = :now WHERE parent_id = :id"), {"now": NOW, "id": task})
    for login, action, fields in (
        ("tra_head", "receive", {}), ("tra_staff", "start", {}), ("tra_staff", "submit", {"evidence": "见附件"}),
    ):  # fmt: skip
        city.do(login, task, action, fields)
    version = city.version(task)
    write(city, "ene_head", task, "签署前请补充附件")
    city.do("ene_head", task, "sign", {"verdict": "agree"}, version=version)
    with city.database.reading() as unit:
        outcome = unit.execute(text("SELECT outcome FROM sign_off WHERE item_id = :id"), {"id": task}).scalar_one()
    assert outcome == "agreed"


@pytest.mark.parametrize("text_", ["请@wea_head 协助", "请协助"])
def test_a_mention_of_who_may_not_read_is_refused_by_name(city: City, text_: str) -> None:
    """By log-in in the text, or chosen by a forged id. Nothing leaks: nothing is written, nobody told."""
    task = city.task()
    chosen = () if "@" in text_ else (city.people["wea_head"],)
    with pytest.raises(InvalidError) as error:
        write(city, "tra_staff", task, text_, mentions=chosen)
    assert "测试wea_head" in error.value.faults[0].sentence.zh
    assert owed(city) == []
    with city.database.reading() as unit:
        assert unit.execute(select(func.count()).select_from(Remark)).scalar_one() == 0


def test_of_two_with_one_name_the_readers_are_asked_which(city: City) -> None:
    """Both read: chosen from the list. One reads: that one is meant."""
    task = city.task()
    with city.database.writing() as session:
        session.execute(text("UPDATE person SET name = '张三' WHERE login IN ('tra_staff', 'tra_staff2', 'wea_head')"))
    with pytest.raises(InvalidError):
        write(city, "tra_head", task, "@张三请办")
    chosen = write(city, "tra_head", task, "@张三请办", mentions=(city.people["tra_staff2"],))
    assert chosen.told == ("张三",)
    assert owed(city) == [(f"U:{city.people['tra_staff2']}", "remark.mention")]
    with city.database.writing() as session:
        session.execute(text("UPDATE person SET name = '李四' WHERE login = 'tra_staff2'"))
    assert write(city, "tra_head", task, "@张三请再办").told == ("张三",)


def test_the_author_corrects_within_a_quarter_of_an_hour(city: City) -> None:
    """Both texts are kept; only the author; not later; somebody named anew is told, who was told is not again."""
    task = city.task(supports=("ENE",))
    remark = write(city, "tra_staff", task, "@ene_staff 周三开会").remark_id
    with pytest.raises(ForbiddenError):
        correct(city, "tra_head", remark, "替他改")
    assert correct(city, "tra_staff", remark, "@ene_staff 周四开会，请@tra_head参加").told == ("测试tra_head",)
    correct(city, "tra_staff", remark, "@ene_staff 周五开会", after=timedelta(minutes=15))
    (row,) = read(city, "ene_head", task)
    assert row.text == "@ene_staff 周五开会"
    assert row.earlier == ("@ene_staff 周三开会", "@ene_staff 周四开会，请@tra_head参加")
    assert row.corrected_at == NOW + timedelta(minutes=15)
    with pytest.raises(ConflictError) as error:
        correct(city, "tra_staff", remark, "太晚", after=timedelta(minutes=15, seconds=1))
    assert error.value.code == "too_late"
    assert correct(city, "tra_staff", remark, "@ene_staff 周五开会", after=timedelta(days=1)).is_replay
    assert len(owed(city)) == 2


def test_what_a_correction_replaced_is_never_changed(city: City) -> None:
    """The record is append-only in the database itself."""
    remark = write(city, "tra_staff", city.task(), "原文").remark_id
    correct(city, "tra_staff", remark, "改后")
    with pytest.raises(DBAPIError), city.database.writing() as session:
        session.execute(text("UPDATE remark_text SET text = '篡改'"))


def test_what_is_withdrawn_is_read_by_auditors_alone(city: City) -> None:
    """The place stays, the text goes; withdrawn again it stays so; it is not corrected any more."""
    task = city.task()
    remark = write(city, "tra_staff", task, "说错了 @tra_head").remark_id
    correct(city, "tra_staff", remark, "还是说错了 @tra_head")
    with pytest.raises(ForbiddenError):
        withdraw(city, "tra_head", remark)
    withdraw(city, "tra_staff", remark)
    withdraw(city, "tra_staff", remark)
    for login in ("tra_staff", "tra_head", "office1", "leader"):
        (row,) = read(city, login, task)
        assert (row.text, row.earlier, row.is_withdrawn) == (None, (), True)
    (row,) = read(city, "auditor", task)
    assert (row.text, row.earlier) == ("还是说错了 @tra_head", ("说错了 @tra_head",))
    with pytest.raises(ConflictError):
        correct(city, "tra_staff", remark, "再改")


def test_internal_notes_are_their_departments_own(city: City) -> None:
    """Decision 0027: the department's people and auditors; not the office, the leaders, the other departments."""
    task = city.task(supports=("ENE",))
    write(city, "tra_staff", task, "先请局长定口径", is_note=True)
    write(city, "ene_staff", task, "我们没有数据", is_note=True)
    write(city, "tra_staff", task, "对外的话")
    seen = {
        login: sorted(row.text or "" for row in read(city, login, task))
        for login in ("tra_head", "tra_staff2", "ene_head", "office1", "director", "leader", "auditor")
    }
    own, other, plain = "先请局长定口径", "我们没有数据", "对外的话"
    assert seen == {
        "tra_head": sorted([own, plain]), "tra_staff2": sorted([own, plain]), "ene_head": sorted([other, plain]),
        "office1": [plain], "director": [plain], "leader": [plain], "auditor": sorted([own, other, plain]),
    }  # fmt: skip
    assert [row.text for row in read(city, "tra_head", task, is_note=True)] == [own]
    assert [row.text for row in read(city, "tra_head", task, is_note=False)] == [plain]


def test_a_note_of_a_section_is_read_above_it_and_by_whoever_it_was_merged_into(city: City) -> None:
    """As items are: those above read along; after a merge the successor's people are the department's own."""
    task = city.task()
    with city.database.writing() as session:
        session.execute(
            text("UPDATE department SET parent_id = :above WHERE id = :below"),
            {"above": city.departments["TRA"], "below": city.departments["POL"]},
        )
    note = write(city, "tra_staff", task, "口径", is_note=True)
    section = city.enter(NewItem("task", "科室任务", city.departments["POL"]))[0]
    write(city, "pol_head", section, "科室口径", is_note=True)
    assert [row.text for row in read(city, "tra_head", section)] == ["科室口径"]
    assert note.remark_id
    with city.database.writing() as session:
        session.execute(
            text("UPDATE department SET successor_id = :into WHERE id = :gone"),
            {"into": city.departments["OFF"], "gone": city.departments["TRA"]},
        )
    assert [row.text for row in read(city, "office1", task)] == ["口径"]
    assert read(city, "leader", task) == ()


def test_a_note_names_only_its_departments_people(city: City) -> None:
    """Somebody who reads the item and not the note is refused by name."""
    task = city.task(supports=("ENE",))
    assert write(city, "tra_staff", task, "@tra_head 请定", is_note=True).told == ("测试tra_head",)
    assert owed(city) == [(f"U:{city.people['tra_head']}", "remark.note_mention")]
    for login in ("ene_head", "office1", "auditor"):
        with pytest.raises(InvalidError) as error:
            write(city, "tra_staff", task, f"@{login} 请看", is_note=True)
        assert f"测试{login}" in error.value.faults[0].sentence.zh


def test_a_foreign_departments_note_cannot_be_written(city: City) -> None:
    """Not with a forged department; leaders write none, they belong to no department's work."""
    task = city.task(supports=("ENE",))
    with pytest.raises(InvalidError):
        write(city, "tra_staff", task, "x", is_note=True, department_id=city.departments["ENE"])
    with pytest.raises(ForbiddenError):
        write(city, "leader", task, "x", is_note=True)


def test_a_foreign_note_looks_like_none(city: City) -> None:
    """Withdrawing or correcting by number tells nothing of a note that one may not read."""
    task = city.task(supports=("ENE",))
    note = write(city, "tra_staff", task, "口径", is_note=True).remark_id
    for login in ("ene_head", "office1", "leader"):
        with pytest.raises(NotFoundError):
            withdraw(city, login, note)
        with pytest.raises(NotFoundError):
            correct(city, login, note, "改")


def test_pages_follow_one_another(city: City) -> None:
    """Keyset paging: nothing twice, nothing left out, though something is written meanwhile."""
    task = city.task()
    for number in range(5):
        write(city, "tra_staff", task, f"第{number}条")
    actor = act_as(city, "tra_head")
    seen: list[str | None] = []
    cursor = None
    with city.database.reading() as unit:
        while True:
            page = list_remarks(unit.connection(), actor, task, limit=2, cursor=cursor)
            seen += [row.text for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert seen == [f"第{number}条" for number in (4, 3, 2, 1, 0)]


def test_who_may_read_is_offered_for_mentions(city: City) -> None:
    """Scoped: readers by post and by name, no administrators; of a note only the department's own people."""
    task = city.task(supports=("ENE",))
    reader = act_as(city, "tra_staff")
    with city.database.reading() as unit:
        connection = unit.connection()
        names = {row.name for row in list_item_readers(connection, reader.readers, task, NOW.date(), limit=100)}
        found = list_item_readers(connection, reader.readers, task, NOW.date(), words="ene")
        note = list_item_readers(
            connection, reader.readers, task, NOW.date(), note_department_id=city.departments["TRA"]
        )
        with pytest.raises(NotFoundError):
            list_item_readers(connection, act_as(city, "wea_head").readers, task, NOW.date())
    assert {"测试tra_head", "测试ene_staff", "测试office2", "测试leader", "测试auditor"} <= names
    assert names.isdisjoint({"测试wea_head", "测试pol_head", "测试admin"})
    assert {row.name for row in found} == {"测试ene_head", "测试ene_staff"}
    assert {row.name for row in note} == {"测试tra_head", "测试tra_staff", "测试tra_staff2"}


def test_a_confidential_item_offers_its_few_readers(city: City) -> None:
    """Heads, the director, the assignee, overseers; nobody else is named to anybody."""
    task = city.task(confidential=True, assignee_id=city.people["tra_staff"])
    reader = act_as(city, "tra_head")
    with city.database.reading() as unit:
        rows = list_item_readers(unit.connection(), reader.readers, task, NOW.date(), limit=100)
    assert {row.name for row in rows} == {
        "测试tra_head", "测试tra_staff", "测试director", "测试leader", "测试auditor"
    }  # fmt: skip


def test_the_panel_shows_the_newest_in_one_statement(city: City) -> None:
    """Remarks and copies in one reading, as far as the reader may see them."""
    task = city.task(supports=("ENE",))
    for number in range(7):
        write(city, "tra_staff", task, f"第{number}条", is_note=number == 6)
    copy(city, "office1", task, "wea_head", "pol_head", note="供了解")
    with city.database.reading() as unit:
        mine = read_on_item(unit.connection(), act_as(city, "tra_head"), "task", task, knows_all=False)
        theirs = read_on_item(unit.connection(), act_as(city, "ene_head"), "task", task, knows_all=False)
    assert [row.text for row in mine.remarks] == ["第6条", "第5条", "第4条", "第3条", "第2条"]
    assert mine.has_more_remarks
    assert [(row.person_name, row.note, row.sent_at) for row in mine.copies] == [
        ("测试pol_head", "供了解", NOW), ("测试wea_head", "供了解", NOW)
    ]  # fmt: skip
    assert not mine.has_more_copies
    assert [row.text for row in theirs.remarks] == ["第5条", "第4条", "第3条", "第2条", "第1条"]
