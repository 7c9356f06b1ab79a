"""Administrators are told of a fault once, once a day while it lasts, and of its end; a silent scheduler by others."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from app.core.errors import Sentence
from app.core.watch.finding import Finding, State
from app.jobs.delivery import deliver
from app.jobs.tools import Tools
from app.jobs.watch import watch_job
from app.models.message import Mail, Message
from app.models.record import Outbox
from app.services.escalation.job_run import beat, finish_run, start_run
from app.services.message.topics import describe
from app.services.watching.alerting import Alerted, keep_alerts
from tests.city import NOW, City
from tests.client import Caller

_ZONE = ZoneInfo("Asia/Shanghai")


def found(state: State, check: str = "disk", said: str = "满了") -> Finding:
    """Return a finding."""
    mend = None if state == "ok" else Sentence("清理", "clean up")
    return Finding(check, state, Sentence(said, "it is full"), mend)


def keep(city: City, hours: float, *findings: Finding) -> Alerted:
    """Bring the alerts in line, `hours` after NOW."""
    now = NOW + timedelta(hours=hours)
    today = now.astimezone(_ZONE).date()
    return city.database.write(lambda unit: keep_alerts(unit, findings, now, today))


def test_a_fault_is_told_once_again_each_day_and_at_its_end(city: City) -> None:
    """Opened, seen again a hundred times, repeated after a day, ended: four looks of a hundred tell."""
    assert keep(city, 0, found("ok")) == Alerted()
    assert keep(city, 1, found("fault")) == Alerted(opened=1)
    for minutes in range(5, 500, 5):
        assert keep(city, 1 + minutes / 60, found("fault")) == Alerted()
    assert keep(city, 26, found("fault")) == Alerted(repeated=1)
    assert keep(city, 27, found("ok")) == Alerted(closed=1)
    assert keep(city, 28, found("ok")) == Alerted()
    assert keep(city, 29, found("fault")) == Alerted(opened=1)
    with city.database.reading() as session:
        told = session.execute(text("SELECT topic FROM outbox WHERE topic LIKE 'system.%' ORDER BY id")).scalars()
        assert list(told) == ["system.fault", "system.fault", "system.mended", "system.fault"]


def test_a_warning_that_becomes_a_fault_is_told_at_once(city: City) -> None:
    """And of several findings of one check the worst counts, those that are as bad are told together."""
    assert keep(city, 0, found("warning"), found("ok")) == Alerted(opened=1)
    assert keep(city, 1, found("fault"), found("fault", said="也满了")) == Alerted(repeated=1)
    assert keep(city, 2, found("warning")) == Alerted()
    with city.database.reading() as session:
        wanted = select(Outbox.topic, Outbox.payload).where(Outbox.topic.like("system.%")).order_by(Outbox.id)
        told = [(topic, payload["said"]) for topic, payload in session.execute(wanted)]
    assert told == [
        ("system.warning", {"zh": "满了", "en": "it is full"}),
        ("system.fault", {"zh": "满了；也满了", "en": "it is full; it is full"}),
    ]


def test_checks_that_were_not_looked_at_keep_their_alerts(city: City) -> None:
    """Without a database most checks say nothing: that is no news of them."""
    keep(city, 0, found("fault"))
    assert keep(city, 1, found("fault", "store")) == Alerted(opened=1)
    assert keep(city, 2, found("ok", "store")) == Alerted(closed=1)


def test_it_reaches_the_inbox_and_critical_mail(caller: Caller, city: City) -> None:
    """By the existing messages: a fault is critical, so its mail does not wait for the digest; nobody else is told."""
    keep(city, 0, found("fault"))
    tools = Tools(city.database, city.book, caller.clock)
    deliver(tools, NOW)
    with city.database.reading() as session:
        rows = session.execute(
            select(Message.person_id, Message.is_critical, Message.payload).where(Message.topic == "system.fault")
        ).all()
        mails = session.execute(select(Mail.kind)).scalars().all()
    assert [(row[0], row[1]) for row in rows] == [(city.people["admin"], True)]
    said = describe("system.fault", rows[0][2], _ZONE)
    assert (said.zh, said.en) == ("满了；处理：清理", "It is full; to mend it: clean up")
    assert list(mails) in ([], ["once"])  # where the administrator has an address


def test_the_job_tells_of_what_its_checks_find(caller: Caller, city: City) -> None:
    """The job looks outside of any transaction and says in its record what it did."""
    asked: list[bool] = []

    def examine(is_hourly: bool) -> list[Finding]:  # noqa: FBT001  # as the job calls it
        asked.append(is_hourly)
        return [found("fault"), found("warning", "calendar"), found("ok", "store")]

    tools = Tools(city.database, city.book, caller.clock, examine=examine)
    assert watch_job(tools, NOW.replace(minute=0)) == "faults 1, warnings 1, told 2 again 0 ended 0"
    assert watch_job(tools, NOW.replace(minute=5)) == "faults 1, warnings 1, told 0 again 0 ended 0"
    assert asked == [True, False]
    assert watch_job(Tools(city.database, city.book, caller.clock), NOW) == "no checks"


def test_a_silent_scheduler_is_told_by_whoever_is_asked(caller: Caller, city: City) -> None:
    """`/readyz` finds it: in the inbox at once, told once however often it is asked, closed when all is well."""
    with city.database.writing() as session:
        beat(session, NOW, NOW, outcome="alive")
    caller.pass_days(1)
    for _ in range(3):
        assert caller.client.get("/readyz").status_code == 503
    shown = caller.get("admin", "/health").json
    assert [(one["check"], one["state"]) for one in shown["alerts"]] == [("scheduler", "fault")]
    with city.database.reading() as session:
        told = session.execute(select(Message.person_id).where(Message.topic == "system.fault")).scalars().all()
    assert list(told) == [city.people["admin"]]
    with city.database.writing() as session:
        beat(session, caller.clock.now(), caller.clock.now(), outcome="alive")
    assert keep(city, 24, Finding("scheduler", "ok", Sentence("好", "well"))) == Alerted(closed=1)


def test_failures_of_a_job_are_counted_in_a_row(caller: Caller, city: City) -> None:
    """Three in a row are a fault; a run that is done begins anew, one that was stopped says nothing."""

    def run(outcome: str) -> dict[str, Any]:
        with city.database.writing() as session:
            start_run(session, "sweep", NOW, NOW)
            finish_run(session, "sweep", NOW, outcome=outcome, message="")
        return next(one for one in caller.get("admin", "/health").json["items"] if one["check"] == "jobs")

    assert [run("failed")["state"] for _ in range(3)] == ["warning", "warning", "fault"]
    assert run("stopped")["state"] == "fault"
    assert "4" in run("failed")["said"]["en"]
    assert run("done")["state"] == "ok"
