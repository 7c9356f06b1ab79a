"""One task replayed from a leader's instruction to its close-out: every date, rung, number, message, access row.

The calendar is the official one of 2026: 4 to 6 April are days off (Qingming). Sweeps, slips and delivery run
several times on every day, rest days too, so that nothing that happens depends on a lucky instant.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError
from app.jobs.delivery import deliver
from app.models.escalation import Escalation
from app.models.item import Item, ItemAccess, ItemClock
from app.models.message import Message
from app.models.organisation import Person
from app.models.supervision import DepartmentMark, Slip, SlipCover
from app.policy.people import find_actor
from app.services.document.registering import register_document
from tests.app.services.supervision.asking import ask, item, on, one, request_row, story
from tests.city import City
from tests.sweeping import local, make_tools, sweep

HOURS = (9, 13, 17)


class Days:
    """Runs the city hour by hour."""

    def __init__(self, city: City, start: datetime) -> None:
        self.city = city
        self.now = start

    def run_to(self, *when: int) -> datetime:
        """Sweep and deliver at the day's hours up to `when` (local time); returns that instant."""
        end = local(*when)
        while self.now + timedelta(hours=1) <= end:
            self.now += timedelta(hours=1)
            if self.now.astimezone(self.city.book.zone).hour in HOURS:
                assert sweep(self.city, self.now).faults == ()
                deliver(make_tools(self.city, self.now), self.now)
        self.now = end
        return end


Told = tuple[City, int, Days]


def share_of(city: City, task: int) -> int:
    """Return the only share of a task."""
    return int(one(city, select(Item.id).where(Item.parent_id == task, Item.kind == "share"))[0])


def rungs_of(city: City, item_id: int) -> list[tuple[str, int, datetime]]:
    """Return what was raised for an item: (cause, level, when it was reached)."""
    statement = select(Escalation.cause, Escalation.level, Escalation.due_at).where(Escalation.item_id == item_id)
    with city.database.reading() as session:
        return [(r[0], r[1], r[2]) for r in session.execute(statement.order_by(Escalation.id))]


def slips_of(city: City, item_id: int) -> list[Any]:
    """Return the slips of an item with their own columns, in order."""
    statement = select(Item, Slip).join(Slip, Slip.item_id == Item.id).where(Item.parent_id == item_id)
    with city.database.reading() as session:
        return list(session.execute(statement.order_by(Item.id)).all())


def told_of(city: City, item_id: int) -> list[tuple[str, str]]:
    """Return who was told what about an item, as (log-in, topic), in order."""
    statement = select(Person.login, Message.topic).join(Person, Person.id == Message.person_id)
    with city.database.reading() as session:
        rows = session.execute(statement.where(Message.item_id == item_id).order_by(Message.id))
        return [(r[0], r[1]) for r in rows]


def readers_of(city: City, item_id: int) -> set[str]:
    """Return the readers of an item."""
    with city.database.reading() as session:
        return set(session.execute(select(ItemAccess.reader).where(ItemAccess.item_id == item_id)).scalars())


def due_key(city: City, item_id: int) -> Any:  # noqa: ANN401  # a date
    """Return the date by which lists sort an item, and whether they show it as open: the same for all its readers."""
    with city.database.reading() as session:
        found = session.execute(select(ItemAccess.due_key, ItemAccess.is_open).where(ItemAccess.item_id == item_id))
        rows = {(row[0], row[1]) for row in found}
    assert len(rows) == 1
    return rows.pop()


@pytest.fixture
def instructed(city: City) -> Told:
    """Return the city with a task of a leader's instruction, assigned on Monday 2 March at 10:00."""
    start = local(2026, 3, 2, 10)
    given = {
        "kind": "instruction", "title": "关于主城区信号机联网的批示", "leader_name": "示例·林组长",
        "dated_on": on("2026-02-27"), "text": "请交通局牵头，三周内完成。",
    }  # fmt: skip
    with city.database.writing() as session:
        actor = find_actor(session.connection(), city.people["office1"], start.date())
        assert actor is not None
        document = register_document(
            session.connection(), actor, start, start.date(), given, key=None, source="test"
        )  # fmt: skip
    assert document.register_number == "收〔2026〕1号"
    details = {"source_kind": "instruction", "source_document_id": document.document_id}
    task = city.task("主城区信号机联网", supports=("ENE",), due_on=on("2026-03-20"), details=details)
    city.do("office1", task, "assign", now=start)
    return city, task, Days(city, start)


def dispute_and_rule(told: Told) -> int:
    """Dispute on the 3rd, within the receipt's limit; rule on the 5th."""
    city, task, days = told
    # Disputed on the 3rd, within the receipt's limit; ruled on the 5th: it stays, with the full period anew.
    dispute = ask(city, "tra_head", task, "dispute", days.run_to(2026, 3, 3, 15), reason="路口产权属城管")
    assert (city.state(task), item(city, dispute).due_on) == ("disputed", on("2026-03-06"))
    city.do("office1", dispute, "refuse", {"reason": "职责清单第三条"}, now=days.run_to(2026, 3, 5, 11))
    # 14 working days lay between 2 and 20 March; 14 after the 5th end on the 25th.
    assert (item(city, task).due_on, item(city, task).original_due_on) == (on("2026-03-25"), on("2026-03-25"))
    assert rungs_of(city, task) == rungs_of(city, dispute) == []
    with pytest.raises(ConflictError, match="ruled_before"):
        city.do("tra_head", task, "dispute", {"reason": "仍有异议"}, now=days.now)
    return dispute


def receive_and_share(told: Told, base: set[str]) -> None:
    """Receive on the 6th; the supporter's share is done beside it."""
    city, task, days = told
    # Received on the 6th; the supporter's share runs beside it and is accepted in time.
    at = days.run_to(2026, 3, 6, 10)
    for login, action, fields in (
        ("tra_head", "receive", {}), ("tra_head", "appoint", {"person": city.people["tra_staff"]}),
        ("tra_staff", "start", {}),
    ):  # fmt: skip
        city.do(login, task, action, fields, now=at)
    share = share_of(city, task)
    sharing: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("ene_staff", "start", {}), ("ene_staff", "submit", {"evidence": "送电方案"}), ("tra_head", "accept", {}),
    )  # fmt: skip
    for login, action, fields in sharing:
        city.do(login, share, action, fields, now=at)
    assert readers_of(city, task) == {*base, f"U:{city.people['tra_staff']}"}


def extend(told: Told) -> int:
    """Ask for more time on the 23rd and get it on the 24th."""
    city, task, days = told
    # Blue on the 20th, three working days before the 25th. Extension filed on the 23rd, granted on the 24th.
    request = ask(city, "tra_staff", task, "ask_extension", days.run_to(2026, 3, 23, 14), new_due_on="2026-04-08",
                  reason="设备到货推迟", progress="已完成六成")  # fmt: skip
    assert rungs_of(city, task) == [("due", 1, local(2026, 3, 20, 9))]
    city.do("tra_head", request, "endorse", now=days.run_to(2026, 3, 24, 10))
    city.do("office1", request, "approve", {"opinion": "同意"}, now=days.run_to(2026, 3, 24, 16))
    assert (item(city, task).due_on, item(city, task).original_due_on) == (on("2026-04-08"), on("2026-03-25"))
    assert due_key(city, task) == (on("2026-04-08"), True)
    assert request_row(city, request).granted_due_on == on("2026-04-08")

    # A report in between: it restarts the idle clock, and nothing else.
    city.do("tra_staff", task, "report", {"text": "到货八成", "progress_pct": 70}, now=days.run_to(2026, 3, 31, 10))
    return request


def stall_to_yellow(told: Told) -> None:
    """Stall: a yellow slip on the 9th, answered on the 13th."""
    city, task, days = told
    # Not done by 8 April: blue again on the 2nd, yellow on the 9th as slip no. 1, to be answered by the 14th.
    days.run_to(2026, 4, 9, 9)
    assert rungs_of(city, task)[1:] == [("due", 1, local(2026, 4, 2, 9)), ("due", 2, local(2026, 4, 9, 9))]
    yellow = slips_of(city, task)[0]
    assert (yellow.Item.number, yellow.Item.state, yellow.Slip.level) == ("预警〔2026〕1号", "issued", 2)
    assert (yellow.Slip.issued_at, yellow.Item.due_on) == (local(2026, 4, 9, 9), on("2026-04-14"))
    assert readers_of(city, yellow.Item.id) == readers_of(city, task)
    city.do("tra_head", yellow.Item.id, "answer", {"answer": "已增派两组"}, now=days.run_to(2026, 4, 13, 10))
    city.do("office1", yellow.Item.id, "accept", {}, now=days.run_to(2026, 4, 13, 15))


def stall_to_red(told: Told) -> int:
    """Go on stalling: a red slip drafted on the 15th takes the yellow one's place and issues itself on the 16th."""
    city, task, days = told
    # Red on the 15th, fifth working day: drafted, the yellow one gives way; issues itself on the 16th.
    days.run_to(2026, 4, 15, 9)
    yellow, red = slips_of(city, task)
    assert (yellow.Item.state, red.Item.state, red.Item.number) == ("closed", "drafted", None)
    assert red.Slip.issue_at == local(2026, 4, 16, 9)
    assert story(city, yellow.Item.id)[-1] == "replace"
    days.run_to(2026, 4, 16, 9)
    red = slips_of(city, task)[1]
    assert (red.Item.number, red.Item.state, red.Item.due_on) == ("督〔2026〕1号", "issued", on("2026-04-23"))
    assert one(city, select(ItemClock.rung, ItemClock.rung_cause).where(ItemClock.item_id == task)) == (3, "due")
    return int(red.Item.id)


def complete(told: Told, red: int) -> None:
    """Submit late with the reason, co-sign, verify, answer the slip."""
    city, task, days = told
    # Submitted late, with its reason; co-signed; verified by somebody else; the slip answered and closed by itself.
    city.do("tra_staff", task, "submit", {"evidence": "验收单", "late_reason": "设备到货推迟"},
            now=days.run_to(2026, 4, 17, 10))  # fmt: skip
    city.do("ene_head", task, "sign", {"verdict": "agree"}, now=days.run_to(2026, 4, 17, 14))
    city.do("office2", task, "verify", {"opinion": "资料齐全"}, now=days.run_to(2026, 4, 20, 10))
    city.do("tra_head", red, "answer", {"answer": "已办结"}, now=days.run_to(2026, 4, 20, 15))
    city.do("office1", red, "accept", {}, now=days.run_to(2026, 4, 21, 10))
    days.run_to(2026, 4, 27, 17)


def test_from_the_instruction_to_the_close_out(instructed: Told) -> None:
    """Receipt, dispute, ruling, extension, yellow and red slip, answers, completion, close-out."""
    city, task, days = instructed
    tra, ene = city.departments["TRA"], city.departments["ENE"]
    base = {f"D:{tra}", f"D:{ene}", "OFFICE", "OVERSIGHT"}
    assert readers_of(city, task) == base
    assert due_key(city, task) == (on("2026-03-20"), True)
    city.do("ene_head", share_of(city, task), "receive", now=days.run_to(2026, 3, 3, 10))

    dispute = dispute_and_rule(instructed)
    receive_and_share(instructed, base)
    request = extend(instructed)
    stall_to_yellow(instructed)
    red = stall_to_red(instructed)
    complete(instructed, red)

    assert (city.state(task), city.state(red)) == ("done", "closed")
    assert due_key(city, task) == (on("2026-04-08"), False)
    assert story(city, task) == [
        "create", "assign", "dispute", "rule", "receive", "appoint", "start", "ask_extension", "extend", "report",
        "submit", "sign", "cosign_complete", "verify",
    ]  # fmt: skip
    assert rungs_of(city, task)[3:] == [("due", 3, local(2026, 4, 15, 9))]
    assert_the_record(city, task, red)
    assert_the_messages(city, task, dispute, request, red)


def assert_the_record(city: City, task: int, red: int) -> None:
    """Find two points for the red slip, none for a first yellow, and one cover for every rung of level 2 and 3."""
    with city.database.reading() as session:
        marks = session.execute(select(DepartmentMark.department_id, DepartmentMark.slip_id, DepartmentMark.points))
        assert [tuple(mark) for mark in marks if mark.points] == [(city.departments["TRA"], red, 2)]
        covers = session.execute(
            select(Escalation.level, SlipCover.outcome)
            .join(SlipCover, SlipCover.escalation_id == Escalation.id)
            .where(Escalation.item_id == task)
            .order_by(Escalation.id)
        ).all()
    assert [tuple(cover) for cover in covers] == [(2, "made"), (3, "made")]


def assert_the_messages(city: City, task: int, dispute: int, request: int, red: int) -> None:
    """Find who was told what, each once: the rungs by level, the request on its way, the red slip."""
    told = told_of(city, task)
    assert [login for login, topic in told if topic == "rung"] == [
        "tra_staff", "tra_staff", "tra_head", "office1", "office2", "director",
    ]  # fmt: skip
    assert ("tra_head", "task.assign") in told
    assert ("ene_head", "task.assign") in told
    assert len(told) == len(set(told)) + 1  # the blue rung came twice, once for each due date
    office = {"director", "office1", "office2"}
    assert {login for login, topic in told_of(city, dispute) if topic == "request.pass_on"} == office
    assert ("tra_head", "request.create") in told_of(city, request)
    assert {login for login, topic in told_of(city, request) if topic == "request.endorse"} == office
    assert ("tra_head", "slip.issue") in told_of(city, red)
