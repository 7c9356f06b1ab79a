"""One document becomes many tasks: all checked first, all made through the steps, or none."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.item import Criterion, Item, NamedReader, Support, Task
from app.models.organisation import Department
from app.models.record import Audit
from app.services.batch.reading import BatchFile, read_row
from app.services.organisation.department import DepartmentNames, rename_department
from app.services.recording import Acting
from app.services.rules import set_rule
from app.services.supervision.batch import issue_batch
from tests.app.services.batch.batches import ROW, add_document, count_items, faults, issue, plan
from tests.app.services.organisation.acting import write
from tests.app.services.supervision.asking import assert_access_is_right, item, one, story, told
from tests.city import NOW, City


def ids_of(answer: dict[str, Any]) -> list[int]:
    """Return the ids of the tasks made, in the order of the rows."""
    return [task["id"] for task in answer["items"]]


def close(city: City, code: str, successor: str | None = None) -> None:
    """Close a department yesterday, with its successor."""
    with city.database.writing() as session:
        session.execute(
            update(Department)
            .where(Department.id == city.departments[code])
            .values(to_on=date(2026, 3, 1), successor_id=city.departments[successor] if successor else None)
        )


def test_a_document_becomes_assigned_tasks(city: City) -> None:
    """Each row is a task of its own: history, messages, shares, criteria, the document as its source."""
    document = add_document(city)
    supports = [{"department": "ENE", "owes": "负荷数据", "due_on": "2026-03-20"}, "公安局"]
    first = {**ROW, "supports": supports, "criteria": ["联调通过", "有报告"], "requirement": "按统一标准",
             "report_rhythm": "weekly"}  # fmt: skip
    second = {"title": "预警信息推送", "department": "WEA", "urgency": "urgent", "source_reference": "纪要〔2026〕1号"}
    answer = issue(city, first, second, document_id=document).answer
    task, other = ids_of(answer)
    assert [made["state"] for made in answer["items"]] == ["assigned", "assigned"]
    assert story(city, task) == ["create", "assign"]
    assert told(city, task, "task.assign")
    row = item(city, task)
    assert (row.owner_department_id, row.due_on, row.due_source) == (
        city.departments["TRA"], date(2026, 4, 1), "typed",
    )  # fmt: skip
    assert row.report_rhythm == "weekly"
    own = one(city, select(Task).where(Task.item_id == task))
    assert (own.source_document_id, own.source_kind, own.source_reference, own.requirement) == (
        document, "letter", "云政函〔2026〕3号", "按统一标准",
    )  # fmt: skip
    assert one(city, select(Task.source_reference).where(Task.item_id == other))[0] == "纪要〔2026〕1号"
    with city.database.reading() as session:
        shares = session.execute(
            select(Item.title, Item.due_on, Item.state).where(Item.parent_id == task).order_by(Item.title)
        ).all()
        wanted = session.execute(select(Criterion.wanted).where(Criterion.item_id == task)).scalars().all()
    assert sorted((row.title, row.due_on) for row in shares) == [
        ("信号机数据对接", date(2026, 4, 1)), ("负荷数据", date(2026, 3, 20)),
    ]  # fmt: skip
    assert set(wanted) == {"联调通过", "有报告"}
    audit = one(city, select(Audit).where(Audit.action == "issue_batch"))
    assert (audit.subject, audit.after["tasks"], audit.acting_role) == (f"document:{document}", 2, "office")
    city.do("tra_head", task, "receive")
    assert_access_is_right(city)


@pytest.mark.parametrize(("urgency", "due_on"), [
    ("very_urgent", date(2026, 3, 5)), ("urgent", date(2026, 3, 9)), ("normal", date(2026, 3, 30)),
])  # fmt: skip
def test_a_limit_by_urgency(city: City, urgency: str, due_on: date) -> None:
    """DOMAIN part 4: 3, 5 and 20 working days after the day of issue; kept with what it was counted from."""
    made = issue(city, {"title": "限时任务", "department": "交通局", "urgency": urgency}).answer["items"][0]
    row = item(city, made["id"])
    assert (row.due_on, row.due_source, made["due_source"]) == (due_on, "computed", "computed")
    assert row.due_basis["from"] == "2026-03-02"


def test_the_limit_is_a_setting_and_may_be_given(city: City) -> None:
    """terms.task_limit_urgent changes it; a row's own limit in working days comes before it."""
    with city.database.writing() as session:
        set_rule(session, city.book, Acting(city.people["admin"], "admin"), NOW, key="terms.task_limit_urgent",
                 value="workdays(1)", from_on=None, note="", apply_open=False, source="test")  # fmt: skip
    rows = [{"title": "甲", "department": "TRA", "urgency": "urgent"},
            {"title": "乙", "department": "TRA", "urgency": "urgent", "limit_workdays": 2}]  # fmt: skip
    made = issue(city, *rows).answer["items"]
    assert [task["due_on"] for task in made] == ["2026-03-03", "2026-03-04"]


def test_every_fault_of_every_row_at_once_and_nothing_made(city: City) -> None:
    """One bad row: nothing is made; each fault names its row, its field and what was expected."""
    close(city, "WEA", "ENE")
    project = city.project()
    city.do("office1", project, "cancel", {"reason": "不办了"})
    before = count_items(city)
    rows = [
        ROW,
        {"department": "交通厅", "due_on": "2026-02-27"},
        {"title": "丙", "department": "气象局", "due_on": "2026-04-01", "limit_workdays": 3},
        {"title": "丁", "department": "交通局", "supports": ["交通局", "能源局", "能源局"], "due_on": "4月1日"},
        {"title": "戊", "department": "TRA", "parent_id": project, "urgency": "马上", "colour": "red"},
        {"title": "己", "department": "TRA", "parent_id": 999999, "criteria": 5, "confidential": "也许"},
        "不是对象",
    ]
    with pytest.raises(InvalidError) as caught:
        issue(city, *rows)
    found = faults(caught.value)
    assert set(found) == {
        "rows[2].title", "rows[2].department", "rows[2].due_on", "rows[3].department", "rows[3].limit_workdays",
        "rows[4].supports", "rows[4].due_on", "rows[5].parent_id", "rows[5].urgency", "rows[5].colour",
        "rows[6].parent_id", "rows[6].criteria", "rows[6].confidential", "rows[7]", "rows[7].title",
        "rows[7].department",
    }  # fmt: skip
    assert found["rows[2].department"].startswith("row 2, lead department: There is no department '交通厅'")
    assert "交通局" in found["rows[2].department"]
    assert "能源局" in found["rows[3].department"]
    zh = {fault.field: fault.sentence.zh for fault in caught.value.faults}
    assert (
        zh["rows[3].department"]
        == "第3行，牵头单位：“气象局”已于2026-03-01撤销，其职责由“能源局”承接，请改填“能源局”。"
    )
    assert zh["rows[2].title"] == "第2行，任务名称：请填写。"
    assert sum(fault.field == "rows[4].supports" for fault in caught.value.faults) == 2
    assert count_items(city) == before


def test_what_is_only_worth_a_look_is_a_warning(city: City) -> None:
    """A rest day, a supporter's later date and the same title for the same department stop nothing."""
    rows = [
        {"title": "周末到期", "department": "TRA", "due_on": "2026-03-07",
         "supports": [{"department": "ENE", "due_on": "2026-03-20"}]},
        {"title": "周末到期", "department": "交通局", "due_on": "2026-03-09"},
    ]  # fmt: skip
    answer = issue(city, *rows).answer
    assert [(one["row"], one["field"]) for one in answer["warnings"]] == [
        (1, "due_on"), (1, "supports"), (2, "title"),
    ]  # fmt: skip
    assert answer["warnings"][0]["zh"] == "第1行，完成期限：2026-03-07是休息日。"


def test_a_former_name_a_code_and_an_id_are_departments(city: City) -> None:
    """A renamed department is found by what it was called; an id and a code do as well."""
    write(city, lambda act: rename_department(act, city.departments["TRA"], DepartmentNames("交通运输局")))
    rows = [{"title": f"任务{name}", "department": name} for name in ("交通局", "tra", city.departments["TRA"])]
    made = issue(city, *rows).answer["items"]
    assert {task["department_name"] for task in made} == {"交通运输局"}


@pytest.mark.parametrize("login", ["tra_head", "leader", "auditor", "admin", "tra_staff"])
def test_only_the_office_issues(city: City, login: str) -> None:
    """Everybody else is refused, for the plan as for the making."""
    with pytest.raises(ForbiddenError):
        issue(city, ROW, by=login)
    with pytest.raises(ForbiddenError):
        plan(city, ROW, by=login)
    assert count_items(city) == 0


def test_a_confidential_document_makes_confidential_tasks(city: City) -> None:
    """The flag follows the document; its issuer reads the tasks, another officer reads neither."""
    document = add_document(city, confidential=True)
    with pytest.raises(NotFoundError):
        issue(city, ROW, document_id=document, by="office2")
    made = ids_of(issue(city, ROW, document_id=document).answer)[0]
    assert item(city, made).confidential is True
    assert one(city, select(NamedReader.person_id).where(NamedReader.item_id == made))[0] == city.people["office1"]
    city.do("tra_head", made, "receive")
    with pytest.raises(NotFoundError):
        city.do("office2", made, "recall", {"reason": "x"})
    directors = ids_of(issue(city, {**ROW, "title": "乙"}, document_id=document, by="director").answer)[0]
    with city.database.reading() as session:
        assert session.execute(select(func.count()).where(NamedReader.item_id == directors)).scalar_one() == 0
    assert_access_is_right(city)


def test_a_closed_document_makes_no_more(city: City) -> None:
    """A document that is done is opened again first; an unknown one does not exist."""
    with pytest.raises(ConflictError) as caught:
        issue(city, ROW, document_id=add_document(city, closed_at=NOW))
    assert caught.value.code == "document_closed"
    with pytest.raises(NotFoundError):
        issue(city, ROW, document_id=4711)


def test_tasks_below_a_project(city: City) -> None:
    """An open project takes them in; a suspended one, a task and a project that may not be read do not."""
    project = city.project()
    made = issue(city, {**ROW, "parent_id": f"项目{project}"}).answer["items"][0]
    assert item(city, made["id"]).parent_id == project
    secret = city.project("限定项目", confidential=True)
    for wrong in (made["id"], secret):
        with pytest.raises(InvalidError) as caught:
            issue(city, {**ROW, "parent_id": wrong})
        assert list(faults(caught.value)) == ["rows[1].parent_id"]
    inner = issue(city, {**ROW, "parent_id": secret}, by="director").answer["items"][0]
    assert inner["confidential"] is True


def test_a_suspended_project_takes_nothing_in(city: City) -> None:
    """A task below a paused project could not be assigned; said before anything is made."""
    project = city.project()
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == project).values(paused_state="running"))
    with pytest.raises(InvalidError) as caught:
        issue(city, {**ROW, "parent_id": project})
    assert "suspended" in faults(caught.value)["rows[1].parent_id"]


def test_drafts_wait_for_the_office(city: City) -> None:
    """Without `assign` the tasks are drafts: nobody is told yet."""
    made = issue(city, ROW, assign=False).answer["items"][0]
    assert (made["state"], made["version"]) == ("draft", 1)
    assert story(city, made["id"]) == ["create"]
    assert told(city, made["id"], "task.assign") == []
    city.do("office1", made["id"], "assign")


def test_a_repeated_request_makes_nothing_twice(city: City) -> None:
    """One key, one batch: the same answer again; other rows under the key are refused."""
    first = issue(city, ROW, key="k1")
    again = issue(city, ROW, key="k1")
    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.answer == first.answer
    assert count_items(city) == 1
    with pytest.raises(InvalidError) as caught:
        issue(city, {**ROW, "title": "另一项"}, key="k1")
    assert caught.value.code == "idempotency_key_reused"


def test_the_same_file_within_a_day(city: City) -> None:
    """The same bytes for the same document are refused with what they made; again, or a day later, they go on."""
    document = add_document(city)
    file = BatchFile("任务.xlsx", "a" * 64, ())
    made = ids_of(issue(city, ROW, {**ROW, "title": "乙"}, document_id=document, file=file).answer)
    with pytest.raises(ConflictError) as caught:
        issue(city, ROW, document_id=document, file=file, by="office2")
    assert caught.value.code == "file_made_tasks"
    assert f"{made[0]} to {made[1]}" in caught.value.sentence.en
    assert len(ids_of(issue(city, ROW, file=file).answer)) == 1
    third = ids_of(issue(city, ROW, document_id=document, file=file, again=True).answer)
    with pytest.raises(ConflictError, match=f"task {third[0]}"):
        issue(city, ROW, document_id=document, file=file)
    issue(city, ROW, document_id=document, file=file, now=NOW + timedelta(days=1))


def test_none_and_too_many_rows(city: City) -> None:
    """No row is no batch; more than 500 are divided by whoever sends them."""
    for rows in ([], [ROW] * 501):
        with pytest.raises(InvalidError) as caught:
            issue(city, *rows)
        assert [fault.field for fault in caught.value.faults] == ["rows"]
    assert count_items(city) == 0


def count_statements(city: City, count: int) -> int:
    """Return how many statements planning a batch of `count` rows takes."""
    seen: list[str] = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731  # sqlalchemy hands five arguments over
    event.listen(city.database.engine, "before_cursor_execute", listener)
    try:
        plan(city, *({**ROW, "title": f"任务{n}", "supports": ["ENE"], "parent_id": 1} for n in range(count)))
    finally:
        event.remove(city.database.engine, "before_cursor_execute", listener)
    return len(seen)


def test_checking_takes_as_many_statements_for_many_rows(city: City) -> None:
    """No statement a row: 200 rows are checked in as many statements as 2."""
    count_statements(city, 1)
    assert count_statements(city, 200) == count_statements(city, 2) <= 10


def test_a_double_click_makes_one_batch(city: City) -> None:
    """Two requests at once under one key: one makes the tasks, the other gets its answer or is told to wait."""
    results: list[Any] = []

    def send() -> None:
        try:
            results.append(issue(city, *({**ROW, "title": f"任务{n}"} for n in range(20)), key="double"))
        except ConflictError as error:
            results.append(error.code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert count_items(city) == 20


def test_the_built_in_account_issues_for_a_command(city: City) -> None:
    """`flask task batch` without a person is on record as the product's own."""
    with city.database.reading() as session:
        system = session.connection().exec_driver_sql("SELECT id FROM person WHERE login = 'system'").scalar_one()
    document = add_document(city, confidential=True)
    made = city.database.write(
        lambda session: issue_batch(
            session, city.book, int(system), NOW, [read_row(0, ROW)], source="command", document_id=document
        )
    ).answer["items"][0]
    assert story(city, made["id"]) == ["create", "assign"]
    assert one(city, select(Audit.acting_role).where(Audit.action == "issue_batch"))[0] == "system"


def test_who_left_issues_nothing(city: City) -> None:
    """An account that is no longer active is nobody."""
    with city.database.writing() as session:
        session.connection().exec_driver_sql(f"UPDATE person SET is_active = false WHERE id = {city.people['office1']}")
    with pytest.raises(NotFoundError):
        issue(city, ROW)


def test_supporters_are_kept_with_what_they_owe(city: City) -> None:
    """Typed in one text: names with deliverables and dates."""
    made = issue(city, {**ROW, "supports": "能源局：负荷数据（2026-03-20）；公安局"}).answer["items"][0]
    with city.database.reading() as session:
        rows = session.execute(
            select(Support.department_id, Support.owes, Support.due_on).where(Support.item_id == made["id"])
        ).all()
    assert {tuple(row) for row in rows} == {
        (city.departments["ENE"], "负荷数据", date(2026, 3, 20)), (city.departments["POL"], None, None),
    }  # fmt: skip


def test_a_supporters_date_in_the_past_is_a_fault(city: City) -> None:
    """What a supporter owes cannot have been due before."""
    with pytest.raises(InvalidError) as caught:
        issue(city, {**ROW, "supports": "能源局：负荷数据（2026-02-20）"})
    assert list(faults(caught.value)) == ["rows[1].supports"]


def test_issued_in_the_evening_the_limit_begins_the_next_day(city: City) -> None:
    """After closing time the day of issue is the next working day."""
    evening = datetime.fromisoformat("2026-03-02T20:00:00+08:00")
    made = issue(city, {"title": "晚间", "department": "TRA", "limit_workdays": 1}, now=evening).answer["items"][0]
    assert made["due_on"] == "2026-03-04"
