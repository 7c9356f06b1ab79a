"""Each state of an item has a paper of its own: what is printed is what holds, and what was undone is told as void."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, Sentence, UnavailableError
from app.edge.fund.printing import print_order
from app.edge.meeting.record.papers import print_minutes, print_notice
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.frozen import demand
from app.edge.paperwork.frozen.checking import check_paper
from app.edge.paperwork.frozen.waiting import Freezer, freeze_waiting
from app.edge.paperwork.issuing import freeze_paper
from app.edge.paperwork.kind import Ask
from app.models.issued import IssuedPaper
from app.models.record import History
from app.queries.paperwork import waiting
from app.queries.paperwork.waiting import list_minutes, list_notices, list_orders
from app.services.meeting.notice.listing import NewParticipant, add_participant, remove_participant
from app.services.upgrade import add_rule_set
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.app.services.supervision.stalling import DUE_ON, YELLOW_AT, yellow_task
from tests.city import NOW
from tests.client import Caller
from tests.meeting import Bench
from tests.money import WAN, Treasury
from tests.sweeping import assigned_task, local


def _rows(caller: Caller, kind: str) -> Sequence[Any]:
    with caller.city.database.reading() as session:
        own = select(IssuedPaper).where(IssuedPaper.kind == kind).order_by(IssuedPaper.id)
        return list(session.execute(own).scalars())


def _freeze(caller: Caller) -> str:
    with caller.app.app_context():
        return freeze_waiting(caller.context, lambda: False)


def _verdicts(caller: Caller, kind: str) -> list[str]:
    return [check_paper(caller.context, row.code).verdict for row in _rows(caller, kind)]


def _fail() -> None:
    raise UnavailableError("pdf_failed", Sentence("不成", "no"))


def _print_order(caller: Caller, item_id: int, ending: str = "pdf") -> bytes:
    with caller.app.test_request_context():
        person_id = caller.city.people["tra_staff"]
        return print_order(caller.context, person_id, item_id, ending, "zh", source="test").content


def test_an_order_that_is_checked_again_is_another_paper(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """P52: returned and checked again with another account, the order that is printed names that account.

    The one before says that it is replaced; while there is none in force, and once it is cancelled, all are void. A
    payment bears out the order that was checked, until its own is frozen.
    """
    draw_plainly(monkeypatch, "order", "allocation")
    money = Treasury.found(caller.city)
    order = money.drawn(money.allocated(10 * WAN))
    money.do("fin1", order, "check")
    first = _print_order(caller, order)
    assert b"6222000000000001" in first
    money.do("fin1", order, "return", reason="账号有误")
    assert _verdicts(caller, "order") == ["void"]
    money.do("tra_staff", order, "submit", account="6222999", bank="示例银行")
    money.do("fin2", order, "check")
    assert _verdicts(caller, "order") == ["void"]
    with caller.city.database.reading() as session:
        assert list_orders(session.connection()) == [order]
    again = _print_order(caller, order)
    assert b"6222999" in again
    old, new = _rows(caller, "order")
    assert (new.version, new.replaces_id, new.issued_by) == (2, old.id, caller.city.people["fin2"])
    assert old.number != new.number
    assert _print_order(caller, order) == again
    with caller.city.database.reading() as session:
        assert list_orders(session.connection()) == []
    assert _verdicts(caller, "order") == ["superseded", "genuine"]
    money.do("fin1", order, "pay", voucher="记1")
    assert _verdicts(caller, "order") == ["superseded", "genuine"]
    _freeze(caller)
    assert [row.edition.partition("-")[0] for row in _rows(caller, "order")] == ["checked", "checked", "paid"]
    money.do("fin2", order, "reverse", reason="记错")
    assert _verdicts(caller, "order") == ["void"] * 3
    _freeze(caller)
    assert _verdicts(caller, "order") == ["superseded"] * 3 + ["genuine"]


def test_a_withdrawn_slip_is_void(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upheld appeal undoes the slip: its paper is genuine and void, over the API, too."""
    draw_plainly(monkeypatch, "slip")
    _, slip = yellow_task(caller.city)
    _freeze(caller)
    assert _verdicts(caller, "slip") == ["genuine"]
    caller.city.do("tra_head", slip, "appeal", {"reason": "资料已报"}, now=YELLOW_AT)
    caller.city.do("director", slip, "uphold", {"reason": "属实"}, now=YELLOW_AT)
    (row,) = _rows(caller, "slip")
    assert caller.get(None, f"/verify/{row.code}").json["verdict"] == "void"
    text = caller.app.test_client().get(f"/verify/{row.code}").text
    assert "真件，已作废" in text
    assert "现行有效" not in text


def test_an_allocation_cancelled_with_its_project_is_void(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document of money that was given up holds no more."""
    draw_plainly(monkeypatch, "allocation")
    money = Treasury.found(caller.city)
    project = money.project()
    money.allocated(10 * WAN, project_id=project)
    _freeze(caller)
    assert _verdicts(caller, "allocation") == ["genuine"]
    money.do("office1", project, "cancel", reason="不再实施")
    assert _verdicts(caller, "allocation") == ["void"]


def _corrected(caller: Caller) -> int:
    """Return a meeting whose minutes were issued and corrected, neither version frozen."""
    bench = Bench.found(caller.city)
    meeting_id, topic_id, *_ = bench.whole()
    bench.do("deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="改为每周。", reason="笔误")
    return meeting_id


def _print_minutes(caller: Caller, meeting_id: int, login: str = "leader", version: int | None = None) -> bytes:
    with caller.app.test_request_context():
        return print_minutes(
            caller.context, caller.city.people[login], meeting_id, "zh", version=version, is_docx=True, source="test"
        ).content


def test_the_chain_of_minutes_never_turns_round(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """P60: whoever prints the correction first has both frozen, in their order and with the reason that was given."""
    draw_plainly(monkeypatch, "minutes")
    meeting_id = _corrected(caller)
    _print_minutes(caller, meeting_id)
    first, second = _rows(caller, "minutes")
    assert [(one.version, one.edition, one.reason) for one in (first, second)] == [(1, "1", None), (2, "2", "笔误")]
    assert second.replaces_id == first.id
    assert first.data_at == first.issued_at  # its text was kept
    assert _freeze(caller) == "frozen 0, failed 0"


def test_minutes_behind_a_later_version_are_not_issued(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version that is frozen alone bars the earlier one: it is refused, waits no more, prints as a copy."""
    draw_plainly(monkeypatch, "minutes")
    meeting_id = _corrected(caller)
    kind = PAPERS["minutes"]
    with monkeypatch.context() as patched:
        patched.setitem(PAPERS, "minutes", replace(kind, find_earlier=None))
        freeze_paper(caller.context, "minutes", Ask(meeting_id, "2"))
    with pytest.raises(ConflictError) as refused:
        freeze_paper(caller.context, "minutes", Ask(meeting_id, "1"))
    assert refused.value.code == "superseded"
    with caller.city.database.reading() as session:
        assert list_minutes(session.connection()) == []
    assert _print_minutes(caller, meeting_id, version=1).startswith(b"PK")
    assert [row.edition for row in _rows(caller, "minutes")] == ["2"]


def test_what_cannot_be_frozen_is_printed_as_a_copy(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The English PDF fails: whoever asked for Word gets Word, nothing is frozen, the next print freezes."""
    drawn = draw_plainly(monkeypatch, "minutes")
    meeting_id = _corrected(caller)
    drawn.before = _fail
    assert _print_minutes(caller, meeting_id).startswith(b"PK")
    assert _rows(caller, "minutes") == []
    drawn.before = lambda: None
    assert _print_minutes(caller, meeting_id).startswith(b"[")
    assert len(_rows(caller, "minutes")) == 2


def test_a_paper_that_moves_on_while_it_is_printed(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paid between the two looks: the order as it is now, whole. An ending that its kind gained since is a copy."""
    draw_plainly(monkeypatch, "order")
    money = Treasury.found(caller.city)
    order = money.drawn(money.allocated(10 * WAN))
    money.do("fin1", order, "check")

    def pay_first(*given: Any) -> Any:  # noqa: ANN401  # freeze_paper's
        money.do("fin2", order, "pay", voucher="记1")
        return freeze_paper(*given)

    with monkeypatch.context() as patched:
        patched.setattr(demand, "freeze_paper", pay_first)
        content = _print_order(caller, order)
    assert content.startswith(b"[")
    (row,) = _rows(caller, "order")
    assert row.edition.startswith("paid-")
    with monkeypatch.context() as patched:
        patched.setattr(demand, "list_files", lambda _connection, ids: dict.fromkeys(ids, ()))
        assert _print_order(caller, order, "docx").startswith(b"PK")


def test_one_bad_paper_keeps_no_other_waiting(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong with one is told and counted; pages of failures do not hide the rest, and time is bounded."""
    drawn = draw_plainly(monkeypatch, "slip")
    monkeypatch.setattr(waiting, "WAITING_MAX", 1)
    slips = [yellow_task(caller.city, title=f"任务{at}")[1] for at in range(3)]

    def fail() -> None:
        if len(drawn.calls) == 0:
            drawn.calls.append((None, "zh", None))
            raise RuntimeError("bad")

    drawn.before = fail
    assert _freeze(caller) == "frozen 2, failed 1"
    assert "was not frozen" in caplog.text
    assert sorted(row.item_id for row in _rows(caller, "slip")) == slips[1:]
    more = yellow_task(caller.city, title="再一件")[1]
    freezer = Freezer(caller.context, budget_s=0)
    drawn.before = _fail
    with caller.app.app_context():
        assert freezer(lambda: False) == "frozen 0, failed 1, to be continued"
        drawn.before = lambda: None
        assert freezer(lambda: False) == "frozen 1, failed 0, to be continued"
        assert _rows(caller, "slip")[-1].item_id == more
        assert freezer(lambda: False) == "frozen 0, failed 0"
        assert freezer(lambda: False) == "frozen 1, failed 0, to be continued"
    assert _rows(caller, "slip")[-1].item_id == slips[0]


def test_a_paper_that_is_frozen_later_says_of_when_its_data_are(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip frozen days after its issue: issued then, its data of now."""
    draw_plainly(monkeypatch, "slip")
    yellow_task(caller.city)
    later = YELLOW_AT + timedelta(days=3)
    caller.clock.set(later)
    _freeze(caller)
    (row,) = _rows(caller, "slip")
    assert row.issued_at.date() == YELLOW_AT.date() > DUE_ON
    assert row.data_at == later


def test_a_ruling_is_filled_by_the_rules_of_its_day(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frozen after the rules changed: the days for receipt, and the rules named, are those under which it was ruled."""
    drawn, city = draw_plainly(monkeypatch, "ruling"), caller.city
    task = assigned_task(city)
    city.do("tra_head", task, "dispute", {"reason": "属公安职责", "department": city.departments["POL"]})
    with city.database.reading() as session:
        request = session.execute(select(History.item_id).order_by(History.id.desc()).limit(1)).scalar_one()
    city.do("office2", request, "approve", {"opinion": "三定方案明确"}, now=local(2026, 3, 4))
    with city.database.writing() as session:
        newer = add_rule_set(
            session.connection(), NOW, date(2026, 3, 10), {"limits": {"task.receipt": "9 workdays"}}, note=""
        )
    caller.clock.set(local(2026, 3, 20))
    freeze_paper(caller.context, "ruling", Ask(request))
    (row,) = _rows(caller, "ruling")
    assert row.rule_set_id != newer
    assert {data.receive_by_on for data, _, _ in drawn.calls} == {date(2026, 3, 6)}


def test_a_notice_is_frozen_by_what_it_says(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """P43: who is added after the notice stands in the next print though no step was taken; undone, it is a third.

    Moved, it is issued by whoever moved it, then. Once the meeting is over it stays what it was and waits no more.
    """
    draw_plainly(monkeypatch, "notice")
    city = caller.city
    bench = Bench.found(city)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    bench.put(meeting_id)
    bench.notify(meeting_id)

    def show(lang: Any = "zh") -> str:  # noqa: ANN401  # a language
        with caller.app.test_request_context():
            return print_notice(
                caller.context, city.people["leader"], meeting_id, lang, source="test"
            ).content.decode()  # fmt: skip

    first = show()
    caller.clock.set(NOW + timedelta(hours=1))
    assert show() == first
    show("en")
    assert len(_rows(caller, "notice")) == 1
    guest = bench.by(
        "office1", lambda act, actor: add_participant(act, actor, meeting_id, NewParticipant("guest", name="王专家"))
    )
    assert "王专家" in show()
    bench.by("office1", lambda act, actor: remove_participant(act, actor, meeting_id, guest, "不来"))
    assert "王专家" not in show()
    bench.now += timedelta(hours=2)
    caller.clock.set(bench.now + timedelta(hours=1))
    bench.do("office2", meeting_id, "reschedule", day="2026-03-11", clock="09:00", place="大会议室",
             reason="场地")  # fmt: skip
    _freeze(caller)
    rows = _rows(caller, "notice")
    assert [row.version for row in rows] == [1, 2, 3, 4]
    assert [row.replaces_id for row in rows[1:]] == [row.id for row in rows[:3]]
    assert rows[0].issued_at == NOW
    assert rows[1].issued_at == NOW + timedelta(hours=1)
    assert (rows[3].issued_at, rows[3].issued_by) == (bench.now, city.people["office2"])
    last = show()
    caller.clock.set(local(2026, 3, 12))
    bench.by("office1", lambda act, actor: add_participant(act, actor, meeting_id, NewParticipant("guest", name="李")))
    assert show() == last
    with city.database.reading() as session:
        assert list_notices(session.connection(), caller.clock.now()) == []
