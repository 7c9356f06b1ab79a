"""Plans of reports: kept by the office alone, entered once a period, made up for, handed to those who are named."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.core.clock import FixedClock
from app.core.errors import ConflictError, ForbiddenError, InvalidError, StaleError
from app.jobs import reports
from app.jobs.reports import reports_job, run_reports
from app.jobs.tools import Tools
from app.models.long_work import LongWork
from app.models.organisation import Holding
from app.models.record import Outbox
from app.models.report_plan import ReportDelivery, ReportPlan, ReportPlanRun, ReportRecipient
from app.services.report_plan.delivering import NewFile, begin_run, find_people, hand_out
from app.services.report_plan.entering import enter_due, enter_now, open_watch
from app.services.report_plan.keeping import PlanDraft, Recipient, change_plan, found_plan, pause_plan, resume_plan
from tests.app.queries.fund.reading import count_statements
from tests.app.services.report_plan.planning import DRAFT, look_for_due, make_act, make_plan
from tests.app.services.test_races import at_once
from tests.city import NOW, City
from tests.sweeping import local

DUE = local(2026, 4, 1, 8, 30)


def read_all(city: City, statement: Any) -> list[Any]:  # noqa: ANN401  # a statement
    """Return the rows of a statement."""
    with city.database.reading() as session:
        return list(session.execute(statement).all())


def runs(city: City) -> list[tuple[str, str]]:
    """Return (period, outcome) of every run, in the order of entry."""
    statement = select(ReportPlanRun.period, ReportPlanRun.outcome).order_by(ReportPlanRun.id)
    return [(row.period, row.outcome) for row in read_all(city, statement)]


def test_a_plan_is_the_offices_and_told_every_fault(city: City) -> None:
    """Nobody else makes one; name, languages, rule, time, recipients are refused at once, each beside its field."""
    with pytest.raises(ForbiddenError):
        make_plan(city, login="leader")
    wrong = PlanDraft(
        "", "progress", None, "month", ("fr",), ("pdf",), "workday:99", "25:00", recipients=(Recipient("post", 10**9),)
    )
    with city.database.writing() as session, pytest.raises(InvalidError) as caught:
        found_plan(*make_act(session, city), wrong)
    assert {one.field for one in caught.value.faults} == {"name", "languages", "day", "clock", "recipients"}
    assert read_all(city, select(ReportPlan.id)) == []


def test_a_change_rests_on_the_version_that_was_seen(city: City) -> None:
    """Of two who change a plan at one moment one is told; the same sent again changes nothing."""
    plan = make_plan(city, recipients=(Recipient("head", city.departments["TRA"]),))

    def change(name: str) -> int:
        return city.database.write(
            lambda unit: change_plan(
                *make_act(unit, city), plan, PlanDraft(**{**_as_dict(DRAFT), "name": name}), version=1
            )
        )

    results = at_once([lambda: change("甲"), lambda: change("乙")])
    assert sorted(type(one).__name__ for one in results) == ["StaleError", "int"]
    assert read_all(city, select(ReportRecipient.id)) == []
    with city.database.writing() as session:
        act, actor = make_act(session, city)
        kept = session.execute(select(ReportPlan.name)).scalar_one()
        again = PlanDraft(**{**_as_dict(DRAFT), "name": kept})
        assert change_plan(act, actor, plan, again, version=2) == 2
    with pytest.raises(StaleError):
        city.database.write(lambda unit: pause_plan(*make_act(unit, city), plan, None))


def test_a_change_owes_nothing_of_the_past(city: City) -> None:
    """Moved to an earlier day that has passed, the plan begins now; another name or recipient changes no day."""
    plan = make_plan(city, day="workday:last")

    def change(version: int, now: datetime, **more: Any) -> int:  # noqa: ANN401  # of a draft
        draft = PlanDraft(**{**_as_dict(DRAFT), "day": "workday:last", **more})
        return city.database.write(lambda unit: change_plan(*make_act(unit, city, now=now), plan, draft, version))

    def since() -> Any:  # noqa: ANN401  # an instant
        return read_all(city, select(ReportPlan.since_at))[0].since_at

    middle = local(2026, 3, 20, 10)
    assert change(1, middle, name="改名", languages=("zh", "en")) == 2
    assert since() == NOW
    assert change(2, middle, day="monthday:5", clock="09:00") == 3
    assert since() == middle
    assert look_for_due(city, middle + timedelta(hours=1)).run_ids == []
    # Nothing was entered yet: it may still become another paper's.
    assert change(3, middle, day="monthday:5", kind="bulletin") == 4
    assert len(look_for_due(city, local(2026, 4, 7, 9)).run_ids) == 1
    with pytest.raises(InvalidError) as caught:
        change(4, local(2026, 4, 8), day="monthday:5", kind="progress", scope_id=3)
    assert [one.field for one in caught.value.faults] == ["kind", "scope"]
    assert change(4, local(2026, 4, 8), day="monthday:5", kind="bulletin", name="又改名") == 5


def test_one_plan_that_fails_holds_up_no_other(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Broken in its rule or as it is entered: the others are entered, the log says which one; the job, too.

    While nothing is due nothing is written, so that the one writer is left alone.
    """
    ids = [make_plan(city, name=name) for name in ("甲", "乙", "丙")]
    with city.database.writing() as session:
        session.execute(update(ReportPlan).where(ReportPlan.id == ids[0]).values(rule="no rule"))
    tools = Tools(city.database, city.book, FixedClock(DUE))

    def refuse(*_: Any, **__: Any) -> None:  # noqa: ANN401  # whatever is written
        raise AssertionError("written to")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "enter_due", refuse)
        assert run_reports(tools, DUE - timedelta(minutes=1)).failed == [ids[0]]

    def enter(session: Any, *, plan_id: int, **more: Any) -> Any:  # noqa: ANN401  # as `enter_due`
        if plan_id == ids[1]:
            raise RuntimeError("broken")
        return enter_due(session, plan_id=plan_id, **more)

    monkeypatch.setattr(reports, "enter_due", enter)
    assert reports_job(tools, DUE) == f"entered 1, failed for {ids[0]}, {ids[1]}"
    assert runs(city) == [("2026-03", "waiting")]
    assert f"plan of reports {ids[1]}" in caplog.text


def test_looking_costs_as_much_for_many_plans(city: City) -> None:
    """One look and one handing out: as many statements for six plans or recipients as for one."""
    with city.database.reading() as unit:  # rules are read once a process
        open_watch(unit, city.book, DUE).cutoff_of(DUE.date())
    counts: list[tuple[int, int]] = []
    for numbers in ((1,), range(2, 7)):
        for number in numbers:
            make_plan(city, name=str(number), day=f"monthday:{number}")
        with city.database.reading() as unit, count_statements(unit) as counted:
            watch = open_watch(unit, city.book, DUE)
            for plan_id in watch.plans:
                watch.owes(plan_id, DUE)
        named = list(city.people.values())[: len(tuple(numbers))]
        plan = make_plan(city, recipients=tuple(Recipient("person", one) for one in named))
        with city.database.writing() as session:
            run_id = enter_now(*_order(make_act(session, city), city), plan, 1, "2026-02")
            run = begin_run(session, run_id, 1)
            files = [NewFile("zh", "pdf", "a.pdf", "application/pdf", "0" * 64, 5)]
            with count_statements(session) as handed:
                hand_out(session, run, files, {"zh": "月报", "en": "Report"}, DUE, DUE.date())
        counts.append((counted[0], handed[0]))
    assert counts[0] == counts[1]


def _as_dict(draft: PlanDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in PlanDraft.__slots__}


def test_what_is_due_is_entered_once_by_two_schedulers(city: City) -> None:
    """Two processes that look at the same moment: one run a period, one work, in the name of the plan's post."""
    plan = make_plan(city)
    assert look_for_due(city, DUE - timedelta(minutes=1)).run_ids == []
    entered = at_once([lambda: look_for_due(city, DUE) for _ in range(4)])
    assert sorted(len(one.run_ids) for one in entered) == [0, 0, 0, 1]  # type: ignore[attr-defined]
    assert look_for_due(city, DUE + timedelta(days=3)).run_ids == []
    assert runs(city) == [("2026-03", "waiting")]
    work = read_all(city, select(LongWork.kind, LongWork.person_id, LongWork.arguments))
    assert [(one.kind, one.person_id) for one in work] == [("planned_paper", city.people["office1"])]
    assert work[0].arguments["title"] == {"zh": "每月月报（2026-03）", "en": "每月月报 (2026-03)"}
    assert plan > 0


def test_after_a_standstill_the_last_three_are_made_and_told_to_be_late(city: City) -> None:
    """Five periods were missed: three are made, two are named, none is lost; a second look adds nothing."""
    make_plan(city)
    late = local(2026, 8, 20, 10)
    run = look_for_due(city, late)
    assert (len(run.run_ids), run.passed) == (3, ["1:2026-03", "1:2026-04"])
    assert runs(city) == [
        ("2026-03", "passed"), ("2026-04", "passed"), ("2026-05", "waiting"), ("2026-06", "waiting"),
        ("2026-07", "waiting"),
    ]  # fmt: skip
    with city.database.writing() as session:
        assert begin_run(session, run.run_ids[0], 3).is_late
    assert look_for_due(city, late + timedelta(hours=1)).run_ids == []


def test_what_falls_due_in_a_pause_is_not_made_up_for(city: City) -> None:
    """A plan that rests owes nothing; a rest that rests, or a plan at work that is taken up, is refused."""
    plan = make_plan(city)
    city.database.write(lambda unit: pause_plan(*make_act(unit, city), plan, 1))
    with pytest.raises(ConflictError):
        city.database.write(lambda unit: pause_plan(*make_act(unit, city), plan, 2))
    assert look_for_due(city, DUE).run_ids == []
    after = DUE + timedelta(days=2)
    city.database.write(lambda unit: resume_plan(*make_act(unit, city, now=after), plan, 2))
    assert look_for_due(city, after).run_ids == []
    assert len(look_for_due(city, local(2026, 5, 6, 8, 30)).run_ids) == 1  # after the May Day holiday
    assert runs(city) == [("2026-04", "waiting")]


def test_work_is_done_in_the_name_of_who_holds_the_post_now(city: City) -> None:
    """Its maker left: another one of the office does it; with nobody there it waits and says so."""
    make_plan(city, login="office1")
    with city.database.writing() as session:
        ended = update(Holding).where(Holding.person_id == city.people["office1"]).values(to_on=date(2026, 3, 20))
        session.execute(ended)
    assert len(look_for_due(city, DUE).run_ids) == 1
    assert read_all(city, select(LongWork.person_id)) == [(city.people["director"],)]
    with city.database.writing() as session:
        everybody = [city.people[login] for login in ("office2", "director")]
        session.execute(update(Holding).where(Holding.person_id.in_(everybody)).values(to_on=date(2026, 4, 20)))
    stuck = look_for_due(city, local(2026, 5, 6, 9))
    assert (stuck.run_ids, stuck.stuck) == ([], [1])


def test_a_period_is_made_now_unless_it_was_made(city: City) -> None:
    """The one that ended last by default; what failed is made again by the same run; what runs or is done is not."""
    plan = make_plan(city)

    def now(period: str | None = None) -> int:
        return city.database.write(lambda unit: enter_now(*_order(make_act(unit, city), city), plan, 1, period))

    run_id = now()
    assert runs(city) == [("2026-02", "waiting")]
    with pytest.raises(ConflictError, match="being made"):
        now()
    with city.database.writing() as session:
        fault = {"zh": "坏了。", "en": "Broken.", "faults": []}
        session.execute(update(LongWork).values(status="failed", fault=fault, finished_at=NOW))
    assert now() == run_id
    assert len(read_all(city, select(LongWork.id))) == 2
    for wrong in ("2026-03", "2026-13", "1999-01", "2026"):
        with pytest.raises(InvalidError):
            now(wrong)
    assert now("2025-12") != run_id


def _order(given: tuple[Any, Any], city: City) -> tuple[Any, Any, Any]:
    act, actor = given
    return act, city.book, actor


def test_each_recipient_gets_one_message_at_the_time_of_the_report(city: City) -> None:
    """A person, a post's holder and a department's head, each once; who took over gets it, who left does not.

    Not even by name: the head of ENE is named, too, and holds no post any more.
    """
    recipients = (
        Recipient("person", city.people["tra_staff"]), Recipient("post", city.posts["leader"]),
        Recipient("head", city.departments["ENE"]), Recipient("person", city.people["ene_head"]),
    )  # fmt: skip
    plan = make_plan(city, recipients=recipients)
    run_id = look_for_due(city, DUE).run_ids[0]
    with city.database.writing() as session:
        # The head of ENE leaves, somebody new holds the post.
        old = session.execute(select(Holding.post_id).where(Holding.person_id == city.people["ene_head"])).scalar_one()
        session.execute(update(Holding).where(Holding.post_id == old).values(person_id=city.people["ene_staff"]))
        assert find_people(session.connection(), plan, DUE.date()) == sorted(
            city.people[login] for login in ("tra_staff", "leader", "ene_staff")
        )
        run = begin_run(session, run_id, 1)
        files = [NewFile("zh", "pdf", "a.pdf", "application/pdf", "0" * 64, 5)]
        assert hand_out(session, run, files, {"zh": "工作月报", "en": "Progress report"}, DUE, DUE.date()) == 3
    told = read_all(city, select(Outbox.recipient, Outbox.topic, Outbox.payload).where(Outbox.topic == "report.ready"))
    assert len({one.recipient for one in told}) == 3
    assert told[0].payload["run_id"] == run_id
    assert "late_since" not in told[0].payload
    assert read_all(city, select(func.count()).select_from(ReportDelivery)) == [(3,)]
    with city.database.writing() as session, pytest.raises(ConflictError):
        begin_run(session, run_id, 2)
    with pytest.raises(ConflictError, match="made already"):
        city.database.write(lambda unit: enter_now(*_order(make_act(unit, city, now=DUE), city), plan, 1, "2026-03"))
