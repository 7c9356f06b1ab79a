"""The sweep: every rung once, none missed, one message, one bad item alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from sqlalchemy import func, insert, select, text, update

from app.jobs.sweep import run_sweep
from app.models.escalation import Episode, Escalation, LadderRung, RungInstant, Sweep
from app.models.item import Item, ItemClock, LightChange, Support
from app.models.record import Outbox
from app.services.clocks import light_facts
from app.services.escalation.muting import mute_answered
from app.services.escalation.sweep_sql import many_roles, recipient_case
from app.services.loading import load
from app.services.recording import recipients
from tests.city import NOW, City
from tests.sweeping import (
    assigned_task,
    episode_of,
    local,
    make_tools,
    messages,
    run_sql,
    rungs,
    running_task,
    shown,
    sweep,
    worked_out,
)
from workflows.light import judge
from workflows.roles import ROLES

WEEKS_LATER = local(2026, 5, 29)


def test_a_rung_is_raised_when_it_is_reached_and_not_before(city: City) -> None:
    """DESIGN 4: a rung workdays(-3) is reached at opening time of the third working day before the due date."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    assert sweep(city, local(2026, 3, 17) - timedelta(seconds=1)).raised == 0
    assert sweep(city, local(2026, 3, 17)).raised == 1
    assert rungs(city, item_id) == [("due", 1, False)]
    assert shown(city, item_id) == (1, "due")


def test_p25_ticks_every_quarter_of_an_hour_tell_each_level_once(city: City) -> None:
    """P25: two days of ticks over level 2: exactly one notice per (item, level, recipient)."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    at, end = local(2026, 3, 17, 8), local(2026, 3, 24, 8)
    while at < end:
        sweep(city, at)
        at += timedelta(hours=6)
    assert rungs(city, item_id) == [("due", 1, False), ("due", 2, False)]
    told = [(row.recipient, row.payload["level"]) for row in messages(city, item_id)]
    staff, department = city.people["tra_staff"], city.departments["TRA"]
    assert told == [(f"U:{staff}", 1), (f"H:{department}", 2)]


def test_a_sweep_repeated_at_the_same_instant_raises_nothing(city: City) -> None:
    """DESIGN 4: repeated at the same --at, a sweep raises nothing and writes no message."""
    running_task(city)
    first = sweep(city, WEEKS_LATER)
    before = len(messages(city))
    again = sweep(city, WEEKS_LATER)
    assert first.raised > 0
    assert (again.raised, again.told, again.lights) == (0, 0, 0)
    assert len(messages(city)) == before


def test_after_a_stop_of_weeks_nothing_is_missed_and_one_message_tells_of_the_highest(city: City) -> None:
    """DESIGN 4: each passed rung gets its row, the lower ones superseded, one message names the outage."""
    item_id = running_task(city)
    sweep(city, NOW)
    result = sweep(city, WEEKS_LATER)
    due = [row for row in rungs(city, item_id) if row[0] == "due"]
    assert due == [("due", 1, True), ("due", 2, True), ("due", 3, True), ("due", 4, False)]
    told = [row for row in messages(city, item_id) if row.payload["cause"] == "due"]
    assert [(row.recipient, row.payload["level"]) for row in told] == [("LEADERSHIP", 4)]
    assert told[0].payload["outage_since"] == NOW.isoformat()
    assert told[0].payload["due_on"] == "2026-04-01"
    episode_id = episode_of(city, item_id, "due").id
    assert told[0].unique_key == f"rung:{episode_id}:4"
    assert result.outage_since == NOW
    assert shown(city, item_id) == (4, "due")


def test_an_ordinary_gap_is_no_outage(city: City) -> None:
    """A message names an outage only when nothing ran for longer than a day."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 16, 9))
    sweep(city, local(2026, 3, 17, 9))
    assert [row.payload["outage_since"] for row in messages(city, item_id)] == [None]


def test_a_rung_ahead_that_was_past_at_the_opening_is_skipped(city: City) -> None:
    """DESIGN 4: a rung before its due date whose instant lies before the episode opened is skipped."""
    item_id = assigned_task(city, due_on=date(2026, 3, 3))
    sweep(city, local(2026, 3, 5))
    assert [row for row in rungs(city, item_id) if row[0] == "due"] == [("due", 2, False)]


def test_a_reopened_episode_keeps_its_rungs_and_raises_none_twice(city: City) -> None:
    """DESIGN 4: an episode is reopened rather than doubled; the rung shown comes back with it."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    sweep(city, local(2026, 3, 24))
    assert shown(city, item_id) == (2, "due")
    later = local(2026, 3, 24, 10)
    city.do("tra_staff", item_id, "submit", {"evidence": "佐证", "late_reason": "原因"}, now=later)
    city.do("office1", item_id, "verify", now=later)
    assert shown(city, item_id) == (0, None)
    city.do("office1", item_id, "reopen", {"reason": "复查"}, now=later)
    assert shown(city, item_id) == (2, "due")
    sweep(city, local(2026, 3, 25))
    assert rungs(city, item_id) == [("due", 1, True), ("due", 2, False)]
    sweep(city, local(2026, 3, 27))
    assert rungs(city, item_id)[2:] == [("due", 3, False)]


def test_a_suspended_item_raises_nothing(city: City) -> None:
    """DESIGN 4: suspension stops every ladder."""
    item_id = running_task(city)
    city.do("office1", item_id, "suspend", {"reason": "等待上级"})
    assert sweep(city, WEEKS_LATER).raised == 0
    assert shown(city, item_id) == (0, None)


def test_p24_what_was_finished_is_not_reminded_of(city: City) -> None:
    """P24: finished two days early, no reminder; finished between queueing and sending, it is muted."""
    early = running_task(city, due_on=date(2026, 3, 20))
    city.do("tra_staff", early, "submit", {"evidence": "佐证"}, now=local(2026, 3, 13))
    city.do("office1", early, "verify", now=local(2026, 3, 13))
    cancelled = running_task(city, title="取消的", due_on=date(2026, 3, 20))
    city.do("office1", cancelled, "cancel", {"reason": "不办了"}, now=local(2026, 3, 13))
    late = running_task(city, title="排队的", due_on=date(2026, 3, 20))
    assert sweep(city, local(2026, 3, 17)).raised == 1
    assert rungs(city, early) == rungs(city, cancelled) == []
    row = messages(city, late)[0]
    with city.database.writing() as session:
        assert mute_answered(session, [row.id]) == []
    for action, login in (("submit", "tra_staff"), ("verify", "office1")):
        city.do(login, late, action, {"evidence": "佐证"} if action == "submit" else {}, now=local(2026, 3, 17, 10))
    with city.database.writing() as session:
        assert mute_answered(session, [row.id]) == [row.id]
    assert messages(city, late)[0].status == "muted"


def test_p24_nothing_is_told_of_a_task_whose_project_was_cancelled(city: City) -> None:
    """P24: project cancelled, its tasks are cancelled with it and stall no more."""
    project = city.project()
    task = city.task(parent_id=project, due_on=date(2026, 3, 20))
    city.do("office1", task, "assign")
    city.do("office1", project, "cancel", {"reason": "不再需要"})
    assert sweep(city, WEEKS_LATER).raised == 0


def test_p22_after_a_restore_messages_from_before_are_muted(city: City) -> None:
    """P22: --mute-before: rows for every rung, at most one reminder an item, none sent that was due before T."""
    old = running_task(city, title="旧", due_on=date(2026, 3, 20))
    new = running_task(city, title="新", due_on=date(2026, 3, 25))
    restored_at = local(2026, 3, 20, 9)
    sweep(city, local(2026, 3, 20, 10), mute_before=restored_at)
    assert [(row.item_id, row.status) for row in messages(city)] == [(old, "muted"), (new, "pending")]
    assert rungs(city, old) == rungs(city, new) == [("due", 1, False)]


def test_p28_messages_wait_for_working_hours(city: City) -> None:
    """P28: Friday 18:10 and a public holiday wait for the next working day 09:00; a make-up Saturday is at once."""
    cases = (
        (date(2026, 3, 25), local(2026, 3, 20, 18, 10), local(2026, 3, 23, 9)),
        (date(2026, 10, 8), local(2026, 10, 1, 10), local(2026, 10, 8, 9)),
        (date(2026, 10, 14), local(2026, 10, 10, 10), local(2026, 10, 10, 10)),
    )
    for due_on, at, wanted in cases:
        item_id = running_task(city, title=f"{due_on}到期", due_on=due_on)
        sweep(city, at)
        due = [row for row in messages(city, item_id) if row.payload["cause"] == "due"]
        assert [row.not_before for row in due] == [wanted]


def test_p19_sweeps_at_the_same_moment_raise_each_rung_once(city: City) -> None:
    """P19: four sweeps at once without the lock, over small chunks: one row, one message a rung."""
    items = [running_task(city, title=f"事项{number}") for number in range(6)]
    tools = make_tools(city, WEEKS_LATER)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: run_sweep(tools, WEEKS_LATER, source="test", chunk=2), range(4)))
    assert sum(result.raised for result in results) == sum(len(rungs(city, item_id)) for item_id in items)
    with city.database.reading() as session:
        doubled = session.execute(
            select(Escalation.episode_id).group_by(Escalation.episode_id, Escalation.level).having(func.count() > 1)
        ).all()
        keys = session.execute(select(Outbox.unique_key).where(Outbox.topic == "rung")).scalars().all()
    assert doubled == []
    assert len(keys) == len(set(keys)) == 2 * len(items)


def test_a_bad_item_is_told_and_never_stops_the_rest(city: City) -> None:
    """A row that the database refuses is narrowed down to its item; all others are raised."""
    items = [running_task(city, title=f"事项{number}", due_on=date(2026, 3, 20)) for number in range(9)]
    bad = items[4]
    refuse = {
        "sqlite": [
            (
                f"CREATE TRIGGER bad BEFORE INSERT ON escalation WHEN NEW.item_id = {bad}"
                " BEGIN SELECT RAISE(ABORT, 'bad item'); END"
            )
        ],
        "postgresql": [
            "CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bad item'; END $$",
            (
                f"CREATE TRIGGER bad BEFORE INSERT ON escalation FOR EACH ROW WHEN (NEW.item_id = {bad})"
                " EXECUTE FUNCTION bad()"
            ),
        ],
    }
    for statement in refuse[city.database.engine.dialect.name]:
        run_sql(city, statement)
    result = sweep(city, local(2026, 3, 17), chunk=5)
    assert result.raised == len(items) - 1
    assert [(fault["kind"], fault["items"]) for fault in result.faults] == [("item", [bad])]
    assert "bad item" in str(result.faults[0]["said"])
    assert rungs(city, bad) == []
    assert messages(city, bad) == []
    drop = "DROP TRIGGER bad" if not city.database.is_postgresql else "DROP TRIGGER bad ON escalation"
    run_sql(city, drop)
    assert sweep(city, local(2026, 3, 17)).raised == 1


def test_a_faulty_ladder_is_told_and_never_stops_the_rest(city: City) -> None:
    """A rung that cannot be worked out is a fault of the sweep with its items; the other ladders go on."""
    item_id = running_task(city)
    ladder_id = episode_of(city, item_id, "idle").ladder_id
    with city.database.writing() as session:
        session.execute(update(LadderRung).where(LadderRung.ladder_id == ladder_id).values(after="fortnight(1)"))
    result = sweep(city, WEEKS_LATER)
    assert [(fault["kind"], fault["items"]) for fault in result.faults] == [("ladder", [item_id])]
    assert {row[0] for row in rungs(city, item_id)} == {"due"}
    with city.database.reading() as session:
        stored = session.execute(select(Sweep.faults).order_by(Sweep.id.desc()).limit(1)).scalar_one()
    assert stored == list(result.faults)


def test_a_locked_episode_is_left_for_the_next_sweep(city: City) -> None:
    """Somebody who holds a row for long (PostgreSQL) neither stops the sweep nor loses the rung."""
    held, free = (running_task(city, title=f"事项{number}", due_on=date(2026, 3, 20)) for number in range(2))
    at = local(2026, 3, 17)
    if not city.database.is_postgresql:
        assert sweep(city, at).raised == 2
        return
    with city.database.writing() as session:
        session.execute(select(Episode.id).where(Episode.item_id == held).with_for_update())
        result = sweep(city, at)
        assert (result.raised, [fault["items"] for fault in result.faults]) == (1, [[held]])
    assert rungs(city, held) == []
    assert sweep(city, at).raised == 1
    assert rungs(city, held) == rungs(city, free) == [("due", 1, False)]


def test_the_rung_shown_is_the_highest_of_the_running_episodes(city: City) -> None:
    """DESIGN 4: an item's rung is its highest open episode's, also when one of them ends."""
    item_id = running_task(city)
    sweep(city, local(2026, 4, 15))
    assert shown(city, item_id)[0] == worked_out(city, item_id) == 3
    city.do("tra_staff", item_id, "report", {"text": "进展"}, now=local(2026, 4, 15, 10))
    assert shown(city, item_id) == (3, "due")
    assert worked_out(city, item_id) == 3


def test_the_sql_recipient_is_the_python_recipient(city: City) -> None:
    """Twin: for every role, what the sweep writes as recipient is what `recording.recipients` says."""
    task = running_task(city, supports=("ENE", "POL"))
    share = shares_of(city, task)[0]
    nobody = city.task(title="无人", lead="WEA")
    run_sql(city, "UPDATE items SET owner_department_id = NULL WHERE id = :item", item=nobody)
    for item_id in (task, share, nobody):
        with city.database.reading() as session:
            connection = session.connection()
            place = load(connection, item_id).place
            for role in ROLES.values():
                found = connection.execute(
                    text(
                        f"SELECT {recipient_case()} FROM (SELECT '{role.name}' AS to_role) r, items i "
                        "LEFT JOIN items p ON p.id = i.parent_id "
                        f"LEFT JOIN support s ON s.item_id = i.id AND '{role.name}' IN ({many_roles()}) "
                        "WHERE i.id = :item"
                    ),
                    {"item": item_id},
                ).scalars()
                assert sorted(found) == sorted(recipients(role, place) or ["OFFICE"]), role.name


def test_a_rung_for_supporters_tells_each_of_them_once(city: City) -> None:
    """Several recipients of one rung each get their message, with a key of their own."""
    item_id = running_task(city, supports=("ENE", "POL"))
    for share in shares_of(city, item_id):
        run_sql(city, "UPDATE items SET closed_at = :now WHERE id = :item", now=NOW, item=share)
    city.do("tra_staff", item_id, "submit", {"evidence": "佐证"})
    sweep(city, local(2026, 3, 5))
    told = [row for row in messages(city, item_id) if row.payload["cause"] == "sign_off"]
    wanted = sorted(f"H:{city.departments[code]}" for code in ("ENE", "POL"))
    assert sorted(row.recipient for row in told) == wanted
    assert len({row.unique_key for row in told}) == 2


def shares_of(city: City, item_id: int) -> list[int]:
    """Return the shares of a task."""
    with city.database.reading() as session:
        return list(session.execute(select(Item.id).where(Item.parent_id == item_id, Item.kind == "share")).scalars())


def test_lights_change_with_the_date_and_agree_with_the_judgement(city: City) -> None:
    """A light that changes by itself is judged on its day, set-based as one by one; its history gets changes only."""
    tasks = [running_task(city, title=f"事项{day}", due_on=date(2026, 3, day)) for day in (18, 20, 31)]
    project = city.project(due_on=date(2026, 12, 31), details={"start_on": date(2026, 3, 2), "progress_pct": 0})
    for day in range(12, 25):
        sweep(city, local(2026, 3, day, 0, 15))
    assert sweep(city, local(2026, 3, 24, 23)).lights == 0
    today = date(2026, 3, 24)
    with city.database.reading() as session:
        connection = session.connection()
        for item_id in (*tasks, project):
            item = load(connection, item_id)
            machine = city.book.machine(connection, item.kind, item.workflow_version)
            rules = city.book.rules(connection, item.rule_set_id)
            wanted = judge(light_facts(machine, item), today, city.book.calendar(connection), rules.light)
            row = connection.execute(select(ItemClock).where(ItemClock.item_id == item_id)).one()
            assert (row.light, row.light_rule, row.light_due_on) == (wanted.colour, wanted.rule, wanted.changes_on)
        history = connection.execute(
            select(LightChange.light, LightChange.on_day)
            .where(LightChange.item_id == tasks[1])
            .order_by(LightChange.id)
        ).all()
    assert [tuple(row) for row in history][-2:] == [("yellow", date(2026, 3, 17)), ("red", date(2026, 3, 21))]


def test_a_light_that_cannot_be_judged_is_told(city: City) -> None:
    """A due date at the end of the calendar is a fault of the sweep; the others are judged."""
    bad, good = (running_task(city, title=f"事项{number}", due_on=date(2026, 3, 20)) for number in range(2))
    run_sql(city, "UPDATE items SET due_on = '2100-12-31' WHERE id = :item", item=bad)
    run_sql(city, "UPDATE item_clock SET light_due_on = '2026-03-17' WHERE item_id = :item", item=bad)
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == bad).values(due_on=date(2400, 1, 1)))
    result = sweep(city, local(2026, 3, 17))
    assert [(fault["kind"], fault["items"]) for fault in result.faults] == [("light", [bad])]
    assert shown_light(city, good) == "yellow"


def shown_light(city: City, item_id: int) -> str:
    """Return the colour that an item shows."""
    with city.database.reading() as session:
        return session.execute(select(ItemClock.light).where(ItemClock.item_id == item_id)).scalar_one()


def test_a_sweep_touches_no_version(city: City) -> None:
    """DESIGN 1: sweeps and lights never cause a 412."""
    item_id = running_task(city)
    before = city.version(item_id)
    sweep(city, WEEKS_LATER)
    assert city.version(item_id) == before


def test_instants_are_kept_once(city: City) -> None:
    """Rung instants are worked out once a (ladder, base date) and used again by every later sweep."""
    running_task(city)
    sweep(city, local(2026, 3, 27))
    with city.database.reading() as session:
        first = session.execute(select(func.count()).select_from(RungInstant)).scalar_one()
    running_task(city, title="另一件")
    sweep(city, local(2026, 4, 15))
    with city.database.reading() as session:
        due = session.execute(select(func.count()).select_from(RungInstant)).scalar_one()
    assert first == 4
    assert due == 4 + 3


def test_an_item_in_nobodys_department_falls_to_the_office(city: City) -> None:
    """Rule of practice: an item never waits for nobody."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(owner_department_id=None, assignee_id=None))
        session.execute(insert(Support).values(item_id=item_id, department_id=city.departments["WEA"]))
    sweep(city, local(2026, 3, 17))
    assert [row.recipient for row in messages(city, item_id)] == ["OFFICE"]
