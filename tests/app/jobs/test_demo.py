"""The demonstration city as it was lived: what there is to see, and that its eight months hold together."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.database import Database, make_engine
from app.core.errors import ConflictError
from app.jobs.demo import Month, load_demo
from app.jobs.sweep import run_sweep
from app.models.delegation import Delegation
from app.models.escalation import Escalation, Sweep
from app.models.fund import OPERATIONS, FundPosting, FundRule, FundYear
from app.models.item import Item, ItemClock, LightChange, Phase
from app.models.meeting import Meeting, MeetingConflict, MeetingParticipant
from app.models.message import Mail, Message, WebhookDelivery
from app.models.organisation import Department, Person
from app.models.record import History, SignOff, SignSlot
from app.models.rule import RuleChange
from app.models.supervision import Slip, SupervisionRequest
from app.models.topic import AgendaItem, Decision, MinutesComment, MinutesIssue
from app.policy import access
from app.policy.people import find_actor, find_holders
from app.queries.inbox import list_inbox
from app.queries.item import ItemFilter, list_items
from app.services.demo.story import read_demo, read_story
from app.services.fund.checking import check_ledger
from app.services.loading import load
from tests import lived
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql
from workflows.catalogue import WORKFLOWS
from workflows.machine import Cause, Workflow
from workflows.meeting.follow_up import Fate
from workflows.roles import ROLES, resolve

BY_KIND: dict[str, Workflow] = {workflow.kind: workflow for workflow in WORKFLOWS.values()}


@pytest.fixture(scope="session")
def lived_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of the lived city."""
    return lived.copy_lived(lived.find_shared(tmp_path_factory), tmp_path_factory.mktemp("lived"))


@pytest.fixture
def town(lived_url: str) -> Iterator[Session]:
    """Give a unit that reads the lived city."""
    database = Database(make_engine(lived_url))
    with database.reading() as session:
        yield session
    database.engine.dispose()


def count_by(session: Session, *columns: object) -> Counter[tuple[object, ...]]:
    """Count rows by columns."""
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()  # type: ignore[call-overload]
    return Counter({tuple(row[:-1]): row[-1] for row in rows})


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_state_of_every_kind_is_there(town: Session, kind: str) -> None:
    """Issue 3, item 8: every state, at the end of the story."""
    found = {row[0] for row in town.execute(select(Item.state).where(Item.kind == kind).distinct())}
    assert found == {state.name for state in BY_KIND[kind].states}


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_rung_of_every_ladder_was_reached(town: Session, kind: str) -> None:
    """Issue 3, item 8: every rung, of every cause that a kind has a ladder for."""
    rows = town.execute(
        select(Escalation.cause, Escalation.level)
        .join(Item, Item.id == Escalation.item_id)
        .where(Item.kind == kind)
        .distinct()
    ).all()
    wanted = {(ladder.cause.value, rung.level) for ladder in BY_KIND[kind].ladders for rung in ladder.rungs}
    assert wanted - {(row[0], row[1]) for row in rows} == set()


def test_the_size_of_the_city(town: Session) -> None:
    """A joint project from each of the twelve templates and an older one; 60 to 160 tasks; people in every role."""
    kinds = count_by(town, Item.kind)
    assert kinds["project",] == 13
    assert 60 <= kinds["task",] <= 160
    assert {project.template for project in read_story().projects} == {
        path.stem for path in (Path(__file__).parents[3] / "app" / "templates_shipped").glob("*.toml")
    }
    sections = town.execute(select(func.count()).where(Department.parent_id.is_not(None))).scalar_one()
    assert sections == 6
    assert {person.duty for person in read_demo().people} >= {"office", "head", "member", "finance", "leader",
                                                              "auditor", "admin"}  # fmt: skip
    names = town.execute(select(Person.name).where(~Person.is_system)).scalars().all()
    assert all(name.startswith("示例·") for name in names)
    assert len(set(names)) == len(names)


def test_slips_requests_and_supervision_took_every_turn(town: Session) -> None:
    """Answered, returned, appealed with either outcome, withdrawn; granted, refused, ruled both ways, split, merged."""
    actions = {row[0] for row in town.execute(select(History.action).distinct())}
    assert actions >= {
        "answer", "accept", "return", "appeal", "uphold", "dismiss", "withdraw", "issue", "replace", "close",
        "ask_extension", "ask_suspension", "ask_resumption", "ask_reassignment", "ask_light", "dispute", "rule",
        "approve", "refuse", "refer", "endorse", "split", "merge", "absorb", "hand_on", "take_back", "reassign",
        "suspend", "resume", "cancel", "urge", "set_rhythm", "reopen", "pass_gate", "override_light", "cosign_refuse",
    }  # fmt: skip
    decided = count_by(town, SupervisionRequest.request_kind)
    assert set(decided) == {("extension",), ("suspension",), ("resumption",), ("dispute",), ("reassignment",),
                            ("light",)}  # fmt: skip
    rulings = town.execute(
        select(Item.state)
        .join(SupervisionRequest, SupervisionRequest.item_id == Item.id)
        .where(SupervisionRequest.request_kind == "dispute")
    ).scalars()
    assert {"approved", "refused"} <= set(rulings)
    issued = count_by(town, Slip.level)
    assert min(issued[2,], issued[3,]) > 0
    channels = {row[0]["channel"] for row in town.execute(select(History.data).where(History.action == "urge"))}
    assert channels == {"message", "phone", "visit", "letter"}


def test_lights_of_every_colour_and_one_set_by_hand(town: Session) -> None:
    """Red, yellow, green and grey projects; one light overridden by request; gates passed with evidence."""
    rows = town.execute(
        select(ItemClock.light, ItemClock.light_rule)
        .join(Item, Item.id == ItemClock.item_id)
        .where(Item.kind == "project")
    ).all()
    assert {row[0] for row in rows} == {"red", "yellow", "green", "grey"}
    assert [row[1] for row in rows].count("override") == 1
    assert town.execute(select(func.count()).where(LightChange.light == "red")).scalar_one() > 0
    passed = town.execute(select(Phase.gate_decision).where(Phase.passed_at.is_not(None))).scalars().all()
    assert len(passed) >= 8


def test_history_is_in_order(town: Session) -> None:
    """No history runs backwards; it ends on the last day: eight months of work, some more of the funds' money."""
    rows = town.execute(
        select(History.item_id, History.seq, History.occurred_at).order_by(History.item_id, History.seq)
    )
    for before, after in pairwise(rows.all()):
        assert before[0] != after[0] or (before[1] < after[1] and before[2] <= after[2])
    spans = {}
    for kind in ("task", "allocation"):
        steps = select(func.min(History.occurred_at), func.max(History.occurred_at)).join(Item)
        spans[kind] = town.execute(steps.where(Item.kind == kind)).one()
    first, last = spans["task"]
    assert last.date() == lived.UNTIL
    assert timedelta(days=235) < last - first < timedelta(days=265)
    assert timedelta(days=400) < last - spans["allocation"][0] < timedelta(days=460)


def test_the_funds_hold_every_kind_of_entry_of_two_years(town: Session) -> None:
    """Issue 6: two funds with two fiscal years, one of them closed, driven by the workflows; the ledger is whole."""
    report = check_ledger(town.connection())
    assert (report.funds, report.fiscal_years, report.faults) == (2, [2025, 2026], [])
    assert set(town.execute(select(FundPosting.operation).distinct()).scalars()) == set(OPERATIONS)
    closed = town.execute(select(FundYear.year).where(FundYear.closed_at.is_not(None))).scalars().all()
    assert closed == [2025, 2025]
    assert {row[0] for row in town.execute(select(FundRule.control).distinct())} == {"stop", "warn", "free"}
    assert town.execute(select(func.count()).where(FundPosting.is_exception)).scalar_one() > 0
    assert town.execute(select(func.count()).where(FundPosting.reverses_id.is_not(None))).scalar_one() == 2


def test_the_leadership_group_met(town: Session) -> None:
    """Issue 7.10: eight months of meetings; moved, put off, called off, corrected; topics took every way."""
    actions = {row[0] for row in town.execute(select(History.action).distinct())}
    assert actions >= {
        "establish", "establish_on_paper", "propose_change", "approve_change", "dissolve", "call_topics", "notify",
        "reschedule", "postpone", "arrange", "name_chair", "carry_over", "refer", "admit", "merge", "defer", "drop",
        "revoke", "record", "settle", "correct", "close",
    }  # fmt: skip
    assert {row[0] for row in town.execute(select(AgendaItem.kind).distinct())} >= {"topic", "follow_up", "escalated"}
    reasons = town.execute(select(Meeting.moved_reason).where(Meeting.moved_reason.is_not(None))).scalars().all()
    assert any("节假日" in one for one in reasons if one)
    assert town.execute(select(func.count()).where(MinutesIssue.version == 2)).scalar_one() == 1
    assert {row[0] for row in town.execute(select(MeetingParticipant.reply).distinct())} >= {"yes", "leave", "stand_in"}
    assert town.execute(select(func.count()).where(MeetingParticipant.name.is_not(None))).scalar_one()
    assert town.execute(select(func.count()).where(AgendaItem.votes_for.is_not(None))).scalar_one() == 1
    assert town.execute(select(func.count()).where(AgendaItem.overruled.is_not(None))).scalar_one() == 1
    assert town.execute(select(func.count()).where(AgendaItem.deferrals > 0)).scalar_one() >= 3
    for table in (MeetingConflict, MinutesComment):
        assert town.execute(select(func.count()).select_from(table)).scalar_one()


def test_decisions_stand_as_decisions_do(town: Session) -> None:
    """Issue 7.7: done in time, done late, late and open, each by the task that was made of it."""
    rows = town.execute(
        select(Item.due_on, Decision.settled_on, Item.state)
        .join(Decision, Decision.item_id == Item.id)
        .where(Item.state.in_(("in_force", "done")))
    ).all()
    stands = Counter(Fate(row.due_on, row.settled_on).standing(lived.UNTIL) for row in rows)
    assert set(stands) == {"done_in_time", "done_late", "late", "open"}
    assert stands["done_in_time"] > stands["done_late"]


def test_no_sweep_had_a_fault_and_none_was_late(town: Session) -> None:
    """One sweep a day, rest days too, each without faults: no message speaks of an outage."""
    sweeps = town.execute(select(Sweep.at, Sweep.faults, Sweep.finished_at).order_by(Sweep.at)).all()
    assert all(row.faults == [] and row.finished_at is not None for row in sweeps)
    assert max(after.at - before.at for before, after in pairwise(sweeps)) == timedelta(days=1)


def test_access_check_finds_nothing(town: Session) -> None:
    """Who may read what is as its rebuild would have it."""
    assert access.compare(town.connection()) == []


def test_nothing_open_waits_for_nobody(town: Session) -> None:
    """DESIGN: an item never waits for nobody."""
    connection = town.connection()
    for item_id in town.execute(select(Item.id).where(Item.closed_at.is_(None))).scalars().all():
        item = load(connection, item_id)
        role = next(s for s in BY_KIND[item.kind].states if s.name == item.state).waits_for
        if role is None:
            continue
        wanted = {d for d in (item.owner_department_id, item.section_id, item.parent_department_id) if d is not None}
        holders = find_holders(connection, wanted | set(item.support_ids), lived.UNTIL)
        assert resolve(ROLES[role.name], item.place, holders), (item_id, item.title, item.state)


@pytest.mark.parametrize("login", [account.login for account in read_demo().accounts])
def test_every_log_in_sees_something(town: Session, login: str) -> None:
    """Who acts has work on the first page; finance and auditors have lists to read; an administrator has neither."""
    connection = town.connection()
    person_id = town.execute(select(Person.id).where(Person.login == login)).scalar_one()
    actor = find_actor(connection, person_id, lived.UNTIL)
    assert actor is not None
    book = lived.make_book()
    machines = [book.current_machine(connection, kind) for kind in BY_KIND]
    waiting = list_inbox(connection, actor, machines, lived.UNTIL).rows
    readable = list_items(connection, actor.readers, lived.UNTIL, ItemFilter(), limit=20).items
    if login == "admin":
        assert not readable
    elif login in ("finance", "auditor"):
        assert readable
    else:
        assert waiting


def test_messages_are_there_and_no_mail_is_owed(town: Session) -> None:
    """The inbox is filled, the last days unread; nothing waits for a mail server or a webhook."""
    assert town.execute(select(func.count()).where(Message.read_at.is_not(None))).scalar_one() > 500
    assert town.execute(select(func.count()).where(Message.read_at.is_(None))).scalar_one() > 20
    assert town.execute(select(func.count()).where(Mail.status.in_(("queued", "sending", "sent")))).scalar_one() == 0
    assert town.execute(select(func.count()).select_from(WebhookDelivery)).scalar_one() == 0


def test_people_write_whole_sentences(town: Session) -> None:
    """No gap of a sentence stayed open, and hardly anything is said word for word on two days."""
    texts = [
        value
        for (data,) in town.execute(select(History.data))
        for value in data.values()
        if isinstance(value, str) and len(value) > 8
    ]
    assert not [text for text in texts if "{" in text]
    reports = [data["text"] for (data,) in town.execute(select(History.data).where(History.action == "report"))]
    assert len(set(reports)) > len(reports) * 0.5


def test_the_last_sweep_left_nothing(lived_url: str, tmp_path: Path) -> None:
    """A sweep at the end of the last day raises nothing that the morning's had to raise."""
    copy = tmp_path / "again.sqlite3"
    copy.write_bytes(Path(lived_url.removeprefix("sqlite:///")).read_bytes())
    database = Database(make_engine(f"sqlite:///{copy}"))
    at = datetime.combine(lived.UNTIL, datetime.min.time(), tzinfo=lived.NOW.tzinfo) + timedelta(hours=9)
    result = run_sweep(lived.make_tools(database), at, source="test")
    database.engine.dispose()
    assert (result.raised, result.slips_made, result.faults) == (0, 0, ())


def test_a_city_is_not_run_twice(lived_url: str) -> None:
    """A database that holds a department is refused, and stays as it is."""
    database = Database(make_engine(lived_url))
    with pytest.raises(ConflictError) as refused:
        load_demo(lived.make_tools(database), None, lambda _: None)
    database.engine.dispose()
    assert refused.value.code == "not_empty"


def test_broken_off_nothing_is_left(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The whole city is one unit of work: a load that is killed leaves an empty database."""
    database = Database(make_engine(copy_sqlite(tmp_path_factory.mktemp("broken"))))

    def break_off(_: Month) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demo(lived.make_tools(database), lived.UNTIL, break_off)
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(Department)).scalar_one() == 0
    database.engine.dispose()


def test_both_databases_hold_the_same_city(town: Session) -> None:
    """The same last day gives the same city, made anew and on the other database: every row but inner numbers."""
    url = copy_postgresql()
    database = Database(make_engine(url))
    told: list[Month] = []
    lived.load(database, told)
    with database.reading() as session:
        second = lived.dump(session)
    database.engine.dispose()
    drop_postgresql(url)
    first = lived.dump(town)
    assert [month.first_on for month in told] == [date(2025 + (m > 12), (m - 1) % 12 + 1, 1) for m in range(10, 19)]
    for table, rows in first.items():
        assert rows == second[table], table


def test_causes_are_all_told_of() -> None:
    """The story was written for these causes; another one wants a scene of its own."""
    assert {cause.value for cause in Cause} == {"due", "receipt", "report", "sign_off", "idle", "forecast"}


def test_every_way_of_signing_is_there(town: Session) -> None:
    """Rounds by all, any, in order, by number and per cent ran or run; some count refusals; one is of seats."""
    kept = [row[0] for row in town.execute(select(SignOff.rule)) if row[0] is not None]
    ways = {(one["rule"], bool(one["quorum_count"]), bool(one["quorum_percent"])) for one in kept}
    assert ways >= {("all", False, False), ("any", False, False), ("sequence", False, False), ("quorum", True, False),
                    ("quorum", False, True)}  # fmt: skip
    assert {one["refusal"] for one in kept} == {"ends", "counts"}
    rules = town.execute(select(SignOff.rule).where(SignOff.closed_at.is_(None))).scalars()
    running = [one["rule"] for one in rules if one is not None]
    assert {"any", "sequence", "quorum"} <= set(running)
    assert town.execute(select(func.count()).where(SignSlot.post_id.is_not(None))).scalar_one() > 0


def test_substitutes_act_and_rules_changed(town: Session) -> None:
    """One substitute acts at the end, one has not answered, one is over; what they did bears both names."""
    rows = town.execute(select(Delegation.accepted_at, Delegation.from_at, Delegation.to_at)).all()
    running = [row for row in rows if row[0] is not None and row[1] <= lived.NOW < row[2]]
    assert (len(rows), len(running), [row[0] for row in rows].count(None)) == (3, 1, 1)
    acted = town.execute(select(History.actor_id, History.on_behalf_of).where(History.on_behalf_of.is_not(None))).all()
    assert acted
    assert all(actor != behalf for actor, behalf in acted)
    published = town.execute(select(RuleChange.drafted_by, RuleChange.published_by)).all()
    assert len(published) == 5
    assert all(drafted != by and by is not None for drafted, by in published)
