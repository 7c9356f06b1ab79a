"""Many at one fund at the same moment: exactly what fits is allocated and paid, everybody else is refused honestly.

"Honestly" means a refusal that says why. Nothing may have to be tried again: no deadlock, no lock that is waited for in
vain (`quiet` looks for both in the log of the units of work).
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, DomainError, StaleError
from app.models.fund import FundPosting, FundYear
from app.models.record import History
from app.services.fund import allocation_effects, money_effects, year_end
from app.services.fund.year_end import YearEnd
from tests.app.services.test_races import at_once, count
from tests.city import City
from tests.money import RULE, WAN, Treasury, yuan

Call = Callable[[], object]
NEW_YEAR = datetime(2027, 1, 5, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which a unit of work had to be tried again."""
    caplog.set_level(logging.INFO, logger="app.core.database")
    yield
    assert [one.getMessage() for one in caplog.get_records("call") if "tried again" in one.getMessage()] == []


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make steps linger where they hold some of their locks and not yet all."""
    for module, name in ((money_effects, "post_for"), (allocation_effects, "take_number"), (year_end, "_read_totals")):
        monkeypatch.setattr(module, name, partial(_linger, getattr(module, name)))


def _linger(work: Callable[..., object], *given: object, **more: object) -> object:
    time.sleep(0.1)
    return work(*given, **more)


def codes(results: list[object]) -> list[str]:
    """Return the codes of the refusals."""
    return sorted(one.code for one in results if isinstance(one, DomainError))


def test_p47_of_four_requests_for_a_million_three_fit(city: City) -> None:
    """P47: 4 x 300,000 at once on 1,000,000: three are reserved, the fourth is told of the 100,000.00 that are left."""
    money = Treasury.found(city, 100 * WAN)
    project = money.project()
    items = [money.draft(project, 30 * WAN, title=f"申请{number}") for number in range(4)]
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            with city.database.reading() as session:
                seen.append(session.execute(select(FundYear.uncommitted_fen)).scalar_one())

    watcher = threading.Thread(target=watch)
    watcher.start()
    results = at_once([partial(money.do, "tra_staff", item_id, "submit") for item_id in items])
    stop.set()
    watcher.join()
    refused = [one for one in results if isinstance(one, DomainError)]
    assert codes(results) == ["over_balance"]
    assert "100,000.00" in refused[0].sentence.zh
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 10 * WAN, "reserved": 90 * WAN}
    assert set(seen) <= {100 * WAN, 70 * WAN, 40 * WAN, 10 * WAN}
    assert money.check().faults == []


def test_eight_workers_on_one_fund_pay_exactly_what_fits(city: City) -> None:
    """24 requests of 5 on a fund of 100, taken by eight workers from submission to payment: 20 are paid, 4 refused."""
    money = Treasury.found(city, 100 * WAN)
    project = money.project()
    items = [money.draft(project, 5 * WAN, title=f"申请{number}") for number in range(24)]

    def take_all(own: list[int]) -> list[str]:
        told = []
        for item_id in own:
            try:
                money.submit(item_id)
            except ConflictError as error:
                told.append(error.code)
                continue
            money.do("fin1", item_id, "approve")
            money.paid(item_id)
            told.append("paid")
        return told

    results = at_once([partial(take_all, items[worker::8]) for worker in range(8)])
    told = [one for own in results for one in own]  # type: ignore[attr-defined]  # each a list
    assert sorted(told) == ["over_balance"] * 4 + ["paid"] * 20
    assert money.totals() == {"source": -100 * WAN, "paid": 100 * WAN}
    assert count(city, FundPosting, FundPosting.operation == "pay") == 20
    assert money.check().faults == []


@pytest.mark.parametrize("control", ["warn", "free"])
def test_eight_at_once_under_other_rules(city: City, control: str) -> None:
    """Nobody is refused where the rule does not stop: reserved while it lasts, then by exception or overdrawn."""
    approver = city.posts["leader"] if control == "warn" else None
    money = Treasury.found(city, 10 * WAN, rule=replace(RULE, control=control, exception_post_id=approver))
    project = money.project()
    items = [money.draft(project, 3 * WAN, title=f"申请{number}") for number in range(8)]
    results = at_once([partial(money.do, "tra_staff", item_id, "submit") for item_id in items])
    assert codes(results) == []
    reserved = 9 * WAN if control == "warn" else 24 * WAN
    assert money.totals() == {"source": -10 * WAN, "uncommitted": 10 * WAN - reserved, "reserved": reserved}
    marked = count(city, FundPosting, FundPosting.is_exception)
    assert marked == (0 if control == "warn" else 5)
    assert money.check().faults == []


@pytest.mark.usefixtures("slowly")
def test_two_transfers_that_cross_are_both_made(city: City) -> None:
    """A to B and B to A, approved at the same moment, again and again: both are made, nobody waits for the other."""
    money = Treasury.found(city)
    project = money.project()
    one, two = (money.allocated(10 * WAN, project_id=project, title=name) for name in ("甲", "乙"))
    for _ in range(2):
        money.do("fin1", one, "propose_transfer", into=str(two), amount=yuan(3 * WAN), reason="调剂")
        money.do("fin1", two, "propose_transfer", into=str(one), amount=yuan(WAN), reason="调剂")
        results = at_once([partial(money.do, "fin2", item_id, "approve_transfer") for item_id in (one, two)])
        for item_id, result in zip((one, two), results, strict=True):
            if isinstance(result, StaleError):  # the other one's money came in first: seen, then approved again
                money.do("fin2", item_id, "approve_transfer")
        money.do("fin1", two, "propose_transfer", into=str(one), amount=yuan(2 * WAN), reason="退还")
        money.do("fin2", two, "approve_transfer")
        assert (money.balance("committed", one), money.balance("committed", two)) == (10 * WAN, 10 * WAN)
    assert money.check().faults == []


@pytest.mark.usefixtures("slowly")
def test_steps_against_the_end_of_the_year(city: City) -> None:
    """Payments, receipts, returns and requests of the last day against the year's end: before it, or refused by it."""
    money = Treasury.found(city).at(2026, 12, 31)
    project = money.project()
    items = [money.allocated(2 * WAN, project_id=project, title=f"安排{number}") for number in range(4)]
    checked = [money.drawn(item_id) for item_id in items[:2]]
    for item_id in checked:
        money.do("fin1", item_id, "check")
    held = money.paid(items[2])
    money.do("tra_staff", held, "report_spending", amount=yuan(WAN), spent_on="2026-12-31", spent_for="设备款",
             voucher="票", receipts="发票")  # fmt: skip
    reviewed = [money.draft(project, WAN, title=f"申请{number}") for number in range(3)]
    for item_id in reviewed:
        money.submit(item_id)
    new_year = replace(money, now=NEW_YEAR)
    calls: list[Call] = [
        *(partial(money.do, "fin2", item_id, "pay", voucher=f"记{item_id}") for item_id in checked),
        partial(money.do, "fin1", held, "accept_spending"),
        partial(new_year.close, 2026),
        partial(money.do, "fin1", reviewed[0], "approve"),
        partial(money.do, "fin1", reviewed[1], "return", reason="补充"),
        partial(money.do, "fin1", reviewed[2], "reject", reason="不符"),
        partial(money.do, "fin1", items[3], "warn_idle", note="闲置"),
    ]
    results = at_once(calls)
    # "invalid": the day of payment is not in the year into which its money has just gone.
    assert set(codes(results)) <= {"fund_year_closed", "invalid"}
    closed = next(one for one in results if isinstance(one, YearEnd))
    assert closed.outcome == "closed"
    with city.database.reading() as session:
        opening = session.execute(select(FundYear.opening).where(FundYear.year == 2027)).scalar_one()
    assert opening == closed.carried
    totals = money.totals(2027)
    assert totals.pop("carried_over") == -sum(closed.carried.values()) == -sum(totals.values())
    for item_id in reviewed[1:]:  # returned or rejected, in the old year or in the new one: nothing is held
        assert money.balance("reserved", item_id) == money.balance("reserved", item_id, 2027) == 0
    assert money.check().faults == []


def test_a_request_against_a_cut(city: City) -> None:
    """Of a request and a cut that do not both fit, one is refused, whichever comes second."""
    money = Treasury.found(city, 30 * WAN)
    project = money.project()
    for number in range(4):
        item_id = money.draft(project, 20 * WAN, title=f"申请{number}")
        calls: list[Call] = [
            partial(money.do, "tra_staff", item_id, "submit"),
            partial(money.budget, "cut", 20 * WAN),
        ]
        results = at_once(calls)
        assert codes(results) == ["over_balance"]
        if isinstance(results[0], DomainError):
            money.budget("supplement", 20 * WAN)
        money.do("tra_staff", item_id, "withdraw", reason="重来")
        assert money.totals() == {"source": -30 * WAN, "uncommitted": 30 * WAN}


@pytest.mark.usefixtures("slowly")
def test_opposite_decisions_on_one_request(city: City) -> None:
    """Approved and returned at the same moment: one stands, and the money is where it says."""
    money = Treasury.found(city)
    project = money.project()
    for number in range(3):
        item_id = money.draft(project, WAN, title=f"申请{number}")
        money.submit(item_id)
        calls: list[Call] = [
            partial(money.do, "fin1", item_id, "approve"),
            partial(money.do, "fin2", item_id, "return", reason="补充"),
            partial(money.do, "fin2", item_id, "reject", reason="不符"),
        ]
        results = at_once(calls)
        assert sum(not isinstance(one, DomainError) for one in results) == 1
        kind = {"allocated": "committed"}.get(city.state(item_id), "reserved")
        assert money.balance(kind, item_id) == (WAN if kind == "committed" else 0)
    assert money.check().faults == []


def test_a_receipt_reversed_while_the_next_is_accepted(city: City) -> None:
    """Both are done; a settlement at the same moment waits for what is open again."""
    money = Treasury.found(city)
    item_id = money.allocated(8 * WAN)
    paid = money.paid(item_id)
    money.spent(paid, 4 * WAN)
    first = money.last_posting()
    money.do("tra_staff", paid, "report_spending", amount=yuan(4 * WAN), spent_on="2026-03-02", spent_for="设备款",
             voucher="票2", receipts="发票")  # fmt: skip
    calls: list[Call] = [
        partial(money.do, "fin1", paid, "accept_spending"),
        partial(money.reverse, "fin2", first),
        partial(money.do, "tra_head", item_id, "settle", results="完成", goal_results={"1": "达到"}),
    ]
    results = at_once(calls)
    assert set(codes(results)) <= {"children_closed", "allocation_settled", "version_stale"}
    assert money.check().faults == []
    assert (city.state(paid), city.state(item_id)) in {("paid", "allocated"), ("settled", "settled")}


def test_a_payment_pressed_many_times_pays_once(city: City) -> None:
    """P57: eight times the same payment, and eight others with its voucher: one is booked."""
    money = Treasury.found(city)
    project = money.project()
    items = []
    for number in range(4):
        items.append(money.drawn(money.allocated(WAN, project_id=project, title=f"安排{number}")))
        money.do("fin1", items[-1], "check")
    pressed = [partial(money.do, "fin2", items[0], "pay", voucher="记1") for _ in range(5)]
    results = at_once([*pressed, *(partial(money.do, "fin2", item_id, "pay", voucher="记1") for item_id in items[1:])])
    assert sum(not isinstance(one, DomainError) for one in results) == 1
    assert set(codes(results)) <= {"voucher_used", "version_stale", "wrong_state"}
    assert money.totals()["paid"] == WAN
    with city.database.reading() as session:
        steps = select(func.count()).select_from(History).where(History.action == "pay")
        assert session.execute(steps).scalar_one() == 1
