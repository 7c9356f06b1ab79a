"""Importing ledgers: what enters, what a second import changes, what is refused; all or nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app.models.item import Item, NamedReader, Support
from app.models.ledger import LedgerFlag, ProgressSnapshot
from app.models.organisation import Department, Holding
from app.models.record import Audit, History
from app.services.clocks import refresh_light, reset_episodes
from app.services.entering import NewItem
from app.services.loading import load
from tests.app.services.ledger.ledgers import bring_in_text, check_access, count, find
from tests.city import NOW, City
from tests.sweeping import local, sweep

HEAD = "类型,编号,名称,牵头单位,配合单位,状态,截止日期\n"
LATER = NOW + timedelta(days=3)


def history(city: City, item_id: int) -> list[tuple[str | None, ...]]:
    """Return an item's steps: (action, from, to)."""
    with city.database.reading() as session:
        rows = session.execute(
            select(History.action, History.from_state, History.to_state)
            .where(History.item_id == item_id)
            .order_by(History.seq)
        )
        return [tuple(row) for row in rows]


def test_a_ledger_enters_in_its_stated_state(city: City) -> None:
    """DESIGN Import: items enter by `register`, with readers, clocks and light; nobody is told."""
    report = bring_in_text(
        city,
        HEAD + "任务,T1,数据对接,交通局,能源局、公安局,承办中,2026-03-20\n任务,T2,旧事,气象局,,已销号,2026-01-09\n",
    )
    assert (report.created, report.updated, report.unchanged, report.refused) == (2, 0, 0, False)
    first, second = find(city, "T1"), find(city, "T2")
    assert (first["state"], first["owner_department_id"], first["light"]) == (
        "in_progress",
        city.departments["TRA"],
        "green",
    )
    assert first["escalate_from"] == date(2026, 3, 2)
    assert (first["external_source"], first["due_on"], first["original_due_on"]) == (
        "ledger.task",
        *[date(2026, 3, 20)] * 2,
    )
    assert (second["state"], second["closed_at"]) == ("done", NOW)
    assert history(city, first["id"]) == [("register", None, "in_progress")]
    with city.database.reading() as session:
        supports = session.execute(select(Support.department_id).where(Support.item_id == first["id"])).scalars()
        assert set(supports) == {city.departments["ENE"], city.departments["POL"]}
    assert count(city)["outbox"] == 0
    check_access(city)


def test_a_second_import_updates_and_says_so_once(city: City) -> None:
    """Changed values raise the version once, with one history and one audit row; unchanged rows write nothing."""
    text = HEAD + "任务,T1,数据对接,交通局,能源局,承办中,2026-03-20\n任务,T2,信号机,气象局,,承办中,2026-04-01\n"
    bring_in_text(city, text)
    before = count(city)
    changed = text.replace("数据对接,交通局,能源局,承办中,2026-03-20", "数据对接二期,公安局,气象局,承办中,2026-02-27")
    report = bring_in_text(city, changed, now=LATER)
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    after = count(city)
    assert (after["history"] - before["history"], after["audit"] - before["audit"]) == (1, 2)
    item = find(city, "T1")
    assert (item["title"], item["version"], item["state_seq"], item["light"]) == ("数据对接二期", 2, 1, "red")
    assert (item["due_on"], item["original_due_on"]) == (date(2026, 2, 27), date(2026, 3, 20))
    assert "数据对接二期" in item["search_text"]
    assert history(city, item["id"])[1:] == [("update", "in_progress", "in_progress")]
    with city.database.reading() as session:
        audit = session.execute(
            select(Audit.before, Audit.after).where(Audit.item_id == item["id"], Audit.action == "update")
        ).one()
    assert (audit.before["due_on"], audit.after["due_on"]) == ("2026-03-20", "2026-02-27")
    assert audit.after["supports"] == [city.departments["WEA"]]
    check_access(city)
    assert bring_in_text(city, changed, now=LATER).updated == 0


def test_a_changed_state_is_registered_anew(city: City) -> None:
    """The source's word on a state is no step of people: history says `register`, clocks follow."""
    text = HEAD + "任务,T1,数据对接,交通局,,承办中,2026-03-20\n"
    bring_in_text(city, text)
    bring_in_text(city, text.replace("承办中", "已销号"), now=LATER)
    item = find(city, "T1")
    assert (item["state"], item["state_seq"], item["closed_at"], item["light"]) == ("done", 2, LATER, "grey")
    assert history(city, item["id"])[1:] == [("register", "in_progress", "done")]
    bring_in_text(city, text, now=LATER + timedelta(days=1))
    item = find(city, "T1")
    assert (item["state"], item["closed_at"]) == ("in_progress", None)
    check_access(city)


def test_people_move_on_between_two_imports(city: City) -> None:
    """Where no column states a state, people's steps stand; an empty cell takes no due date or lead away."""
    bring_in_text(city, "编号,名称,牵头单位,截止日期\nT1,数据对接,交通局,2026-03-20\n")
    item_id = find(city, "T1")["id"]
    city.do("tra_head", item_id, "submit", {"evidence": "材料"})
    report = bring_in_text(city, "编号,名称,牵头单位,截止日期\nT1,数据对接,,\n", now=LATER)
    assert (report.updated, report.unchanged) == (0, 1)
    item = find(city, "T1")
    assert (item["state"], item["owner_department_id"]) == ("submitted", city.departments["TRA"])
    assert item["due_on"] == date(2026, 3, 20)


def test_an_open_round_of_signatures_is_void_when_the_state_is_restated(city: City) -> None:
    """What was collected in the state before does not count for another one."""
    text = HEAD + "任务,T1,数据对接,交通局,能源局,承办中,2026-03-20\n"
    bring_in_text(city, text)
    item_id = find(city, "T1")["id"]
    city.do("tra_head", item_id, "submit", {"evidence": "材料"})
    bring_in_text(city, text, now=LATER)
    with city.database.reading() as session:
        outcome = session.connection().exec_driver_sql("SELECT outcome FROM sign_off").scalar_one()
    assert outcome == "void"
    assert city.state(item_id) == "in_progress"


def test_another_source_is_left_alone(city: City) -> None:
    """The same key in another source is another item."""
    row = "外部来源,外部编号,编号,名称\n甲系统,7,7,甲的七号\n"
    bring_in_text(city, row)
    report = bring_in_text(city, row.replace("甲", "乙"))
    assert (report.created, report.updated) == (1, 0)
    with city.database.reading() as session:
        titles = session.execute(select(Item.title).order_by(Item.id)).scalars().all()
    assert titles == ["甲的七号", "乙的七号"]


def test_a_bad_row_refuses_the_whole_file(city: City) -> None:
    """P78: three rows, the second bad: nothing is written; corrected, three items and no doubles."""
    text = HEAD + "任务,T1,甲,交通局,,承办中,\n任务,T2,乙,交通部,,承办中,\n任务,T3,丙,交通局,,承办中,\n"
    before = count(city)
    for _ in range(3):
        report = bring_in_text(city, text)
        assert report.refused
        assert [(f.code, f.row, f.column, f.value) for f in report.findings.faults] == [
            ("unknown_department", 3, "牵头单位", "交通部")
        ]
        assert report.import_id is None
    assert count(city) == before
    assert bring_in_text(city, text.replace("交通部", "交通局")).created == 3
    assert bring_in_text(city, text.replace("交通部", "交通局")).created == 0


def test_a_dry_run_tells_and_writes_nothing(city: City) -> None:
    """`--dry-run` says what would be: departments, items, snapshots."""
    before = count(city)
    report = bring_in_text(city, "编号,名称,牵头单位,报告日期\nT1,甲,水务局,2026-01-31\n", dry_run=True, create=True)
    assert (report.created, report.snapshots, report.departments_created, report.import_id) == (1, 1, ("水务局",), None)
    assert count(city) == before
    with city.database.reading() as session:
        assert session.execute(select(Department.id).where(Department.name == "水务局")).first() is None


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("编号,名称,所属项目编号\nT1,甲,P9\n", "unknown_project", 2),
        ("编号,名称,所属项目编号\nT1,甲,T2\nT2,乙,T1\n", "circular_link", 2),
        ("编号,名称,所属项目编号\nT1,甲,T1\n", "circular_link", 2),
        ("类型,编号,名称,所属项目编号\n项目,P1,甲,\n项目,P2,乙,P1\n", "project_below", 3),
        ("编号,名称,状态\nT1,甲,申报\n", "unknown_state", 2),
        ("编号,名称,紧急程度\nT1,甲,火急\n", "unknown_urgency", 2),
        ("类型,编号,名称,币种\n项目,P1,甲,元\n", "bad_currency", 2),
        ("编号,名称,报告日期\nT1,甲,1960-01-01\n", "bad_report_date", 2),
        ("类型,编号,名称,分类\n项目,P1,甲," + "类" * 121 + "\n", "too_long", 2),
        ("编号,名称,牵头单位\nT1,甲," + "局" * 121 + "\n", "too_long", 2),
        ("编号,名称\nT1," + "题" * 301 + "\n", "too_long", 2),
        ("编号,名称\n#1-0123abcd,甲\n", "unknown_item", 2),
        ("外部来源,外部编号,编号,名称\n甲,7,1,甲\n甲,7,2,乙\n", "duplicate_key", 3),
        ("类型,编号,名称,预算\n项目,P1,甲,1e18\n", "bad_amount", 2),
        ("类型,编号,名称,预算\n项目,P1,甲,1000000000000000000\n", "amount_too_large", 2),
        ("类型,编号,名称,预算\n项目,P1,甲,0.123\n", "too_many_decimals", 2),
    ],
)
def test_what_is_refused_is_named_with_its_row(city: City, text: str, code: str, row: int) -> None:
    """P51, P105, P107 and the closed lists: a fault with row, column and value, on both databases alike."""
    before = count(city)
    report = bring_in_text(city, text)
    assert [(fault.code, fault.row) for fault in report.findings.faults][:1] == [(code, row)]
    assert report.findings.faults[0].column
    assert count(city) == before


def test_long_names_enter_whole(city: City) -> None:
    """P107: a department of 120, a title of 300 characters, a description of 20,000."""
    name, title, text = "局" * 120, "题" * 300, "述" * 20_000
    report = bring_in_text(city, f"类型,编号,名称,牵头单位,说明\n项目,P1,{title},{name},{text}\n", create=True)
    assert report.departments_created == (name,)
    item = find(city, "P1")
    assert (item["title"], item["description"]) == (title, text)


def test_amounts_stay_exact(city: City) -> None:
    """P49, P53: no binary floats, 万元 in the heading is 10,000 元; the sum of what is stored is right."""
    for number, text in enumerate(("9.95", "0.29", "4.35", "1.15", "1234567.89", "99999999999.99"), 1):
        bring_in_text(city, f"类型,编号,名称,预算\n项目,A{number},甲,{text}\n")
        item = find(city, f"A{number}")
        assert (item["budget_fen"], item["currency"]) == (int(text.replace(".", "")), "CNY")
    bring_in_text(city, "类型,编号,名称,金额（万元）\n项目,W1,甲,12.5\n")
    bring_in_text(city, "类型,编号,名称,金额\n项目,W2,甲,125000\n")
    assert find(city, "W1")["budget_fen"] == find(city, "W2")["budget_fen"] == 12_500_000


def test_tasks_stand_below_their_projects(city: City) -> None:
    """A project is found in the file whatever the order, later by its key in the system, or by our reference."""
    head = "类型,编号,名称,所属项目编号\n"
    bring_in_text(city, head + "任务,T1,甲,P1\n项目,P1,大项目,\n")
    project = find(city, "P1")
    assert (project["template"], find(city, "T1")["parent_id"]) == ("none", project["id"])
    bring_in_text(city, head + "任务,T2,乙,P1\n")
    assert find(city, "T2")["parent_id"] == project["id"]
    check_access(city)


def test_below_a_confidential_project_everything_is_confidential(city: City) -> None:
    """DESIGN 2: a confidential parent makes confidential children, also by import."""
    city.enter(
        NewItem(
            "project",
            "机密项目",
            city.departments["TRA"],
            confidential=True,
            external_source="ledger.project",
            external_key="P1",
        )
    )
    bring_in_text(city, "编号,名称,牵头单位,所属项目编号\nT1,甲,公安局,P1\nT2,乙,公安局,\n")
    assert [find(city, key)["confidential"] for key in ("T1", "T2")] == [True, False]
    bring_in_text(city, "编号,名称,牵头单位,所属项目编号\nT2,乙,公安局,P1\n")
    assert find(city, "T2")["confidential"]
    with city.database.reading() as session:
        assert session.execute(select(NamedReader)).first() is None
    check_access(city)


REPORTS = (
    "类型,编号,名称,报告日期,阶段,预计完成日期,预算,进度（%）\n"
    "项目,P1,甲,2025-09-30,设计,2026-06-30,100.00,10\n"
    "项目,P1,甲,2025-10-31,施工,2026-08-31,-50.00,20\n"
    "项目,P1,甲,2025-11-30,施工,2026-08-31,-50.00,20\n"
)


def test_reports_become_snapshots(city: City) -> None:
    """Every dated row is a snapshot, never a step; the item stands as the last one says; no change is no progress."""
    report = bring_in_text(city, REPORTS)
    assert (report.created, report.snapshots) == (1, 3)
    item = find(city, "P1")
    assert (item["due_on"], item["forecast_on"], item["stage_text"]) == (date(2026, 6, 30), date(2026, 8, 31), "施工")
    assert (item["budget_fen"], item["progress_pct"]) == (-5000, 20)
    assert item["last_progress_at"] == datetime(2025, 10, 30, 16, tzinfo=UTC)
    assert history(city, item["id"]) == [("register", None, "in_progress")]
    with city.database.reading() as session:
        raws = session.execute(select(ProgressSnapshot.raw).order_by(ProgressSnapshot.as_of_on)).scalars().all()
        codes = session.execute(
            select(LedgerFlag.code, LedgerFlag.item_id, LedgerFlag.raw).order_by(LedgerFlag.id)
        ).all()
    assert raws == [None, {"budget_fen": "-50.00"}, {"budget_fen": "-50.00"}]
    assert [tuple(row) for row in codes] == [("negative_amount", item["id"], "-50.00")] * 2


def test_a_new_report_is_added_and_counts_as_progress(city: City) -> None:
    """A monthly report alone: one snapshot more; progress where it differs from the stored one before it."""
    bring_in_text(city, REPORTS)
    head = REPORTS.splitlines()[0]
    same = bring_in_text(city, f"{head}\n项目,P1,甲,2025-12-31,施工,2026-08-31,-50.00,20\n", now=LATER)
    assert (same.updated, same.unchanged, same.snapshots) == (0, 1, 1)
    more = bring_in_text(city, f"{head}\n项目,P1,甲,2026-01-31,施工,2026-08-31,-50.00,35\n", now=LATER)
    assert (more.updated, more.snapshots) == (1, 1)
    item = find(city, "P1")
    assert (item["progress_pct"], item["due_on"]) == (35, date(2026, 6, 30))
    assert item["last_progress_at"] == datetime(2026, 1, 30, 16, tzinfo=UTC)
    older = bring_in_text(city, REPORTS.replace("100.00,10", "120.00,10"), now=LATER)
    assert (older.updated, older.unchanged, older.snapshots) == (0, 1, 1)
    assert find(city, "P1")["progress_pct"] == 35


@pytest.mark.parametrize(
    ("chosen", "expected"), [(None, date(2026, 3, 2)), (date(2026, 2, 1), date(2026, 2, 1)), ("source", None)]
)
def test_from_when_clocks_count(city: City, chosen: Any, expected: date | None) -> None:  # noqa: ANN401  # three kinds
    """DESIGN Escalation: the day of import by default; a date, or each anchor from its own date."""
    bring_in_text(city, HEAD + "任务,T1,甲,交通局,,承办中,2025-11-03\n", escalate_from=chosen)
    item = find(city, "T1")
    assert item["escalate_from"] == expected
    with city.database.reading() as session:
        base_on = session.connection().exec_driver_sql("SELECT base_on FROM episode WHERE cause = 'due'").scalar_one()
    assert str(base_on) == str(expected or date(2025, 11, 3))


def test_a_city_without_an_office_is_told(city: City) -> None:
    """DESIGN 4: an item never waits for nobody; an import into a city without an office post says so."""
    assert bring_in_text(city, "编号,名称\nT1,甲\n").notices == []
    with city.database.writing() as session:
        offices = [city.posts[login] for login in ("office1", "office2", "director")]
        session.execute(update(Holding).where(Holding.post_id.in_(offices)).values(to_on=date(2026, 1, 1)))
    notices = bring_in_text(city, "编号,名称\nT2,甲\n").notices
    assert [notice.en.partition(":")[0] for notice in notices] == ["Nobody holds an office post"]


def test_what_a_kind_does_not_keep_is_shown(city: City) -> None:
    """Nothing is dropped in silence: a task's budget is flagged, a rounded percentage too."""
    report = bring_in_text(city, "编号,名称,完成期限,预算,进度（%）\nT1,甲,2026-05-29,5.00,12.5\n")
    assert sorted(flag.code for flag in report.findings.flags) == ["not_kept", "percent_rounded"]
    assert find(city, "T1")["progress_pct"] == 13
    assert report.flags == 2
    assert bring_in_text(city, "编号,名称,完成期限,预算,进度（%）\nT1,甲,2026-05-29,5.00,12.5\n").flags == 0


def test_a_due_date_beyond_the_calendar_is_not_counted_from(city: City) -> None:
    """A slip of the pen (2108) neither stops the import nor becomes a due date."""
    report = bring_in_text(city, "类型,编号,名称,报告日期,预计完成日期\n项目,P1,甲,2026-01-31,2108-01-01\n")
    assert not report.refused
    item = find(city, "P1")
    assert (item["due_on"], item["forecast_on"]) == (None, date(2108, 1, 1))


def test_the_statements_do_not_grow_with_the_rows(city: City) -> None:
    """Set-based: eighty rows take as many statements as twenty, entering, unchanged and updating."""

    def run(size: int, title: str) -> int:
        rows = "".join(
            f"任务,{size}-{n},{title}{n},交通局,能源局,承办中,2026-04-{n % 28 + 1:02}\n" for n in range(size)
        )
        seen: list[str] = []

        def note(_: object, __: object, statement: str, *___: object) -> None:
            seen.append(statement)

        event.listen(city.database.engine, "before_cursor_execute", note)
        bring_in_text(city, HEAD + rows)
        event.remove(city.database.engine, "before_cursor_execute", note)
        return len(seen)

    run(1, "热身")
    assert run(20, "甲") == run(80, "甲") > 10
    assert run(20, "甲") == run(80, "甲") > 5
    assert run(20, "乙") == run(80, "乙") > 10


def test_many_clocks_are_set_as_one_is(city: City) -> None:
    """The set-based twins of the clocks write what the single ones would."""
    text = HEAD + "".join(f"任务,T{n},甲{n},交通局,,承办中,2026-04-{n + 1:02}\n" for n in range(6))
    bring_in_text(city, text)
    moved = text.replace("2026-04-", "2026-02-").replace("承办中,2026-02-06", "已销号,2026-02-06")
    bring_in_text(city, moved, now=LATER)
    queries = (
        (
            "SELECT item_id, cause, anchor, ladder_id, base_on, next_level, next_at, ended_at IS NULL FROM episode"
            " ORDER BY 1, 2, 3"
        ),
        "SELECT item_id, light, light_rule, light_due_on, light_since_on, rung FROM item_clock ORDER BY 1",
        "SELECT item_id, on_day, light FROM light_change ORDER BY 1, 2, 3",
    )

    def look() -> list[list[tuple[Any, ...]]]:
        with city.database.reading() as session:
            return [[tuple(row) for row in session.connection().exec_driver_sql(query)] for query in queries]

    before = look()
    assert {row[1] for row in before[1]} == {"red", "grey"}
    with city.database.writing() as session:
        connection = session.connection()
        for n in range(6):
            item = load(connection, find(city, f"T{n}")["id"])
            machine = city.book.machine(connection, item.kind, item.workflow_version)
            reset_episodes(connection, city.book, machine, item, LATER)
            refresh_light(connection, city.book, machine, item, LATER)
    assert look() == before


def test_a_shown_rung_falls_when_the_ledger_answers_it(city: City) -> None:
    """A rung raised for a due date goes with it when the source moves the date."""
    text = HEAD + "任务,T1,甲,交通局,,承办中,2026-03-05\n任务,T2,乙,交通局,,承办中,2026-03-05\n"
    bring_in_text(city, text)
    sweep(city, local(2026, 3, 9, 10))
    assert [find(city, key)["rung"] for key in ("T1", "T2")] == [2, 2]
    bring_in_text(
        city, text.replace("甲,交通局,,承办中,2026-03-05", "甲,交通局,,承办中,2026-05-29"), now=local(2026, 3, 9, 11)
    )
    assert [find(city, key)["rung"] for key in ("T1", "T2")] == [0, 2]
