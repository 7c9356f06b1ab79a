"""The papers about one item: a project's report, its certificate, the ruling on a dispute; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core.errors import ConflictError, NotFoundError
from app.models.item import Phase
from app.queries.item_detail import find_item
from app.queries.paper.acceptance import read_acceptance
from app.queries.paper.project_report import Frame, read_project_report
from app.queries.paper.ruling import read_ruling
from app.queries.paperwork.waiting import list_acceptances, list_rulings
from reports.project.inputs import Acceptance, MoneyLine, ProjectReport, Ruling
from reports.wording import Text, say
from tests.app.queries.fund.reading import count_statements
from tests.app.queries.paper.working import OFFICE, make_issuer
from tests.app.queries.project.planning import add_tasks, planned_project, set_state
from tests.app.services.signing.test_papers import paper as sign_paper
from tests.city import NOW, City
from tests.money import WAN, Treasury
from tests.sweeping import assigned_task, local

DIRECTOR = "director"


def _report(city: City, project: int, readers: tuple[str, ...] = OFFICE, **more: Any) -> ProjectReport:  # noqa: ANN401
    at = more.get("at", local(2026, 4, 6))
    with city.database.reading() as unit:
        connection = unit.connection()
        frame = Frame(
            make_issuer(city, unit),
            readers,
            at,
            at.date() - timedelta(31),
            lambda _kind, _version, name: Text(name, name),
        )
        return read_project_report(
            connection, frame, find_item(connection, readers, project, at.date(), children_max=0)
        )


def _ruling(city: City, request: int, readers: tuple[str, ...] = OFFICE) -> Ruling:
    with city.database.reading() as unit:
        return read_ruling(unit.connection(), make_issuer(city, unit), readers, request, lambda _: 2)[0]


def _acceptance(city: City, project: int, readers: tuple[str, ...] = OFFICE) -> Acceptance:
    with city.database.reading() as unit:
        connection = unit.connection()
        item = find_item(connection, readers, project, date(2026, 4, 6), children_max=0)
        return read_acceptance(connection, make_issuer(city, unit), readers, item)[0]


def _dispute(city: City) -> tuple[int, int]:
    """Return a task that the transport bureau disputes, naming the police, and the request."""
    task = assigned_task(city, due_on=date(2026, 4, 1), supports=("ENE",))
    city.do("tra_head", task, "dispute", {"reason": "属公安职责", "department": city.departments["POL"]},
            now=local(2026, 3, 3))  # fmt: skip
    with city.database.reading() as unit:
        request = next(one.id for one in find_item(unit.connection(), OFFICE, task, NOW.date()).children
                       if one.kind == "request")  # fmt: skip
    return task, request


def test_a_ruling_says_who_leads_and_until_when(city: City) -> None:
    """P40: upheld, the named department leads; the full period counts anew; who ruled, with what words."""
    task, request = _dispute(city)
    with pytest.raises(ConflictError, match="not_ruled"):
        _ruling(city, request)
    city.do("office2", request, "approve", {"opinion": "三定方案明确"}, now=local(2026, 3, 4))
    paper = _ruling(city, request)
    assert (say(paper.filer, "zh"), say(paper.proposed, "zh"), say(paper.owner, "zh")) == ("交通局", "公安局", "公安局")
    assert (paper.is_upheld, paper.grounds, paper.ruled_by, paper.ruled_on) == (
        True, "三定方案明确", "测试office2", date(2026, 3, 4)
    )  # fmt: skip
    assert (paper.reason, paper.filed_on, paper.assigned_on) == ("属公安职责", date(2026, 3, 3), date(2026, 3, 2))
    assert [say(name, "zh") for name in paper.supports] == ["能源局"]
    with city.database.reading() as unit:
        connection = unit.connection()
        assert paper.due_on == find_item(connection, OFFICE, task, NOW.date()).row.due_on
        assert list_rulings(connection) == [request]
    assert paper.due_on != paper.was_due_on == date(2026, 4, 1)
    assert paper.receive_by_on == date(2026, 3, 6)


def test_a_dispute_that_fails_or_is_not_ones_to_read(city: City) -> None:
    """Refused: the filer goes on leading; who may not read the request finds nothing, as for any other item."""
    task, request = _dispute(city)
    city.do("office2", request, "refuse", {"reason": "权责清单明确"}, now=local(2026, 3, 4))
    paper = _ruling(city, request)
    assert (paper.is_upheld, say(paper.owner, "zh"), paper.grounds) == (False, "交通局", "权责清单明确")
    for item_id, readers in ((request, (f"D:{city.departments['WEA']}",)), (task, OFFICE), (0, OFFICE)):
        with pytest.raises(NotFoundError):
            _ruling(city, item_id, readers)


def _close(city: City, project: int) -> None:
    """Take a project the whole way to its close."""
    city.do("tra_head", project, "submit", now=local(2026, 3, 3))
    city.do("ene_head", project, "sign", {"verdict": "agree", "remark": "同意"}, now=local(2026, 3, 4))
    _finish(city, project)


def _finish(city: City, project: int) -> None:
    """Take a co-signed project to its close."""
    city.do("leader", project, "approve", {"opinion": "同意立项"}, now=local(2026, 3, 5))
    city.do("tra_head", project, "start", now=local(2026, 3, 6))
    while True:
        with city.database.reading() as unit:
            item = find_item(unit.connection(), OFFICE, project, NOW.date())
        if item.details["phase_seq"] >= len(item.phases):
            break
        city.do(
            "office1", project, "pass_gate", {"evidence": "验收单", "decision": "会议议定通过"}, now=local(2026, 3, 9)
        )
    city.do("tra_head", project, "apply", {"evidence": "决算表", "late_reason": "汛期"}, now=local(2026, 4, 1))
    city.do("office1", project, "close", {"evidence": "验收意见书", "opinion": "目标完成"}, now=local(2026, 4, 3))


def test_a_certificate_follows_the_steps(city: City) -> None:
    """Before the close there is none; then: who signed in which post, gates, judged by the application."""
    project = planned_project(city, due_on=date(2026, 3, 31))
    with pytest.raises(ConflictError, match="not_accepted"):
        _acceptance(city, project)
    _close(city, project)
    paper = _acceptance(city, project)
    assert [(say(one.step, "zh"), one.who, one.opinion, one.is_agreed) for one in paper.signed] == [
        ("报送评审", "测试tra_head", "", False), ("会签", "测试ene_head", "同意", True),
        ("批准立项", "测试leader", "同意立项", True), ("申请验收", "测试tra_head", "", False),
        ("验收结项", "测试office1", "目标完成", True),
    ]  # fmt: skip
    assert (paper.begun_on, paper.applied_on, paper.accepted_on) == (
        date(2026, 3, 6), date(2026, 4, 1), date(2026, 4, 3)
    )  # fmt: skip
    assert paper.late_workdays == 1
    assert {one.decision for one in paper.phases[:-1]} == {"会议议定通过"}
    assert all(one.passed_on for one in paper.phases)
    assert paper.money == ()
    with city.database.reading() as unit:
        assert list_acceptances(unit.connection()) == [project]


def test_a_signature_on_paper_is_its_signers(city: City) -> None:
    """签于纸上: the hand, post and day on the paper stand on the certificate, not who entered or confirmed it."""
    project = planned_project(city, due_on=date(2026, 3, 31))
    city.do("tra_head", project, "submit", now=local(2026, 3, 3))
    fields = sign_paper(city, project, signed_on="2026-03-03", remark="无不同意见。")
    city.do("office1", project, "record_paper", fields, now=local(2026, 3, 4))
    city.do("office2", project, "confirm_paper", {}, now=local(2026, 3, 5))
    _finish(city, project)
    signed = _acceptance(city, project).signed[1]
    assert (say(signed.step, "zh"), signed.who, signed.opinion) == ("纸质会签", "测试ene_head", "无不同意见。")
    assert (say(signed.unit, "zh"), say(signed.post, "zh")) == ("能源局", "head")
    assert (signed.on, signed.is_agreed, signed.for_whom) == (date(2026, 3, 3), True, "")


def test_money_of_a_certificate_is_summed_by_currency(city: City) -> None:
    """Sums never cross currencies."""
    project = planned_project(city, due_on=date(2026, 3, 31))
    own, other = Treasury.found(city), Treasury.found(city, code="F2", currency="USD")
    running = own.project()
    first = own.allocated(30 * WAN, project_id=running)
    own.paid(first)
    second = own.allocated(5 * WAN, project_id=running, title="第二批")
    abroad = other.allocated(10 * WAN, project_id=running, title="境外部分")
    _close(city, project)
    # What is still open would bar the close.
    for allocation in (first, second, abroad):
        set_state(city, allocation, parent_id=project)
    assert _acceptance(city, project).money == (
        MoneyLine("CNY", 35 * WAN, 30 * WAN, 0), MoneyLine("USD", 10 * WAN, 0, 0)
    )  # fmt: skip


def test_without_a_due_date_nothing_is_in_time(city: City) -> None:
    """A certificate judges by a date or says that there was none."""
    project = planned_project(city, due_on=date(2026, 3, 31))
    _close(city, project)
    set_state(city, project, due_on=None, original_due_on=None)
    assert _acceptance(city, project).late_workdays is None


def test_a_project_report_counts_what_its_reader_may_read(city: City) -> None:
    """P09, P13: a confidential task is in nobody's report but its readers'; late ones stand first."""
    project = planned_project(city, due_on=date(2026, 12, 31))
    add_tasks(city, project, ("按计划", date(2026, 6, 1), ""), ("已逾期", date(2026, 3, 20), ""))
    hidden = add_tasks(city, project, ("信访专项", date(2026, 3, 20), ""), confidential=True)[0]
    with city.database.reading() as unit:
        ids = [one.id for one in find_item(unit.connection(), OFFICE, project, NOW.date()).children]
    for item_id in [*ids, hidden]:
        if city.state(item_id) == "draft":
            city.do(DIRECTOR, item_id, "assign")
    paper = _report(city, project, (f"D:{city.departments['TRA']}",))
    assert [(one.title, one.late_workdays) for one in paper.tasks] == [("已逾期", 10), ("按计划", 0)]
    assert (paper.all_tasks, paper.done_tasks, paper.late_tasks) == (2, 0, 1)
    with pytest.raises(NotFoundError):
        _report(city, project, ("U:0",))
    with pytest.raises(NotFoundError):
        _report(city, ids[0])


def test_a_report_tells_moved_dates_gates_and_last_words(city: City) -> None:
    """What changed: from which date to which, why and on whose word; a gate that was passed is a decision."""
    project = planned_project(city, due_on=date(2026, 12, 31))
    task = add_tasks(city, project, ("对接", date(2026, 4, 20), ""))[0]
    city.do("office1", task, "assign")
    city.do("office1", task, "extend", {"new_due_on": "2026-05-08", "reason": "汛期"}, now=local(2026, 3, 20))
    with city.database.writing() as session:
        session.execute(
            update(Phase)
            .where(Phase.project_id == project, Phase.seq == 1)
            .values(passed_at=local(2026, 3, 10), gate_evidence="联通单", gate_decision="予以通过")
        )
    paper = _report(city, project)
    moved = next(one for one in paper.changes if say(one.what, "zh") == "期限调整")
    assert (moved.subject, moved.change) == ("对接", "2026-04-20 → 2026-05-08")
    assert moved.reason == Text("汛期；测试office1", "汛期; 测试office1")
    assert [(one.text, one.on) for one in paper.decisions] == [("予以通过", date(2026, 3, 10))]
    assert paper.phases[0].passed_on == date(2026, 3, 10)


def test_the_statements_do_not_grow_with_the_project(city: City) -> None:
    """No N+1: as many statements for one task as for nine."""
    project = planned_project(city)
    counts = []
    for round_of in (1, 8):
        for task in add_tasks(city, project, *((f"任务{n}", date(2026, 3, 20), "") for n in range(round_of))):
            city.do("office1", task, "assign")
            city.do("office1", task, "extend", {"new_due_on": "2026-03-25", "reason": "汛期"})
        with city.database.reading() as unit, count_statements(unit) as counted:
            connection = unit.connection()
            frame = Frame(make_issuer(city, unit), OFFICE, local(2026, 4, 6), date(2026, 3, 1),
                          lambda _kind, _version, name: Text(name, name))  # fmt: skip
            read_project_report(connection, frame, find_item(connection, OFFICE, project, NOW.date(), children_max=0))
        counts.append(counted[0])
    assert counts[0] == counts[1]
