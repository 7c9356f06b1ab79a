"""An allocation's money whole, and lists of allocations, as far as they may be read (issue 6 no. 3, 5, 8)."""

import pytest

from app.core.errors import NotFoundError
from app.queries.fund.allocation import read_allocation, read_payment
from app.queries.fund.allocation_list import AllocationFilter, list_allocations
from tests.app.queries.fund.reading import count_statements, readers_of
from tests.city import City
from tests.money import WAN, YEAR, Treasury, yuan


def _live(city: City) -> tuple[Treasury, int, int, int]:
    money = Treasury.found(city)
    one = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    other = money.allocated(5 * WAN, title="另一笔")
    paid = money.paid(one, voucher="记7")
    money.spent(paid, 4 * WAN)
    money.do("tra_head", one, "propose_transfer", into=str(other), amount=yuan(2 * WAN), reason="节余")
    return money, one, other, paid


def test_all_of_an_allocations_money_is_there(city: City) -> None:
    """Goals, what stands where, payments with their vouchers and postings, receipts, transfers."""
    money, one, other, paid = _live(city)
    with city.database.reading() as unit:
        found = read_allocation(unit.connection(), readers_of(city, "tra_staff"), one)
        target = read_allocation(unit.connection(), readers_of(city, "tra_staff"), other)
        payment = read_payment(unit.connection(), readers_of(city, "tra_staff"), paid)
    own = found.money
    assert (own.committed_fen, own.paid_fen, own.spent_fen, own.net_paid_fen) == (20 * WAN, 6 * WAN, 4 * WAN, 10 * WAN)
    assert [(goal.indicator, goal.target, goal.result) for goal in found.goals] == [("接入路口", "120个", None)]
    assert [(one_.voucher, one_.money.paid_fen, one_.posting_id is not None) for one_ in found.payments] == [
        ("记7", 6 * WAN, True)
    ]
    assert [(row.voucher, row.outcome, row.posting_id is not None) for row in found.spending] == [
        ("票1", "accepted", True)
    ]
    assert [(row.is_out, row.other_id, row.amount_fen, row.outcome) for row in found.transfers] == [
        (True, other, 2 * WAN, None)
    ]
    assert [(row.is_out, row.other_id, row.reason) for row in target.transfers] == [(False, one, "节余")]
    assert (payment.allocation_id, payment.payment.amount_fen, len(payment.spending)) == (one, 10 * WAN, 1)
    assert found.fund_id == money.fund_id


def test_who_may_not_read_it_finds_nothing(city: City) -> None:
    """P86: an allocation that may not be read is missing, alone, in lists, and beside a transfer."""
    money, one, other, paid = _live(city)
    with city.database.reading() as unit:
        connection, nobody = unit.connection(), readers_of(city, "wea_staff")
        for read in (lambda: read_allocation(connection, nobody, one), lambda: read_payment(connection, nobody, paid)):
            with pytest.raises(NotFoundError):
                read()
        assert list_allocations(connection, nobody, AllocationFilter(fund_id=money.fund_id)).items == ()
        listed = list_allocations(connection, readers_of(city, "tra_staff"), AllocationFilter(fund_id=money.fund_id))
    assert [(row.id, row.committed_fen, row.paid_fen) for row in listed.items] == [
        (other, 5 * WAN, 0), (one, 20 * WAN, 10 * WAN),
    ]  # fmt: skip
    assert {type(row.paid_fen) for row in listed.items} == {int}, "whole fen, on either database"


def test_lists_are_filtered_and_paged(city: City) -> None:
    """By fund, year, state, department, project and openness; the last drafted first."""
    money, one, other, _ = _live(city)
    draft = money.draft(money.project("第三个项目"), WAN)
    readers = readers_of(city, "office1")
    with city.database.reading() as unit:

        def ids(**wanted: object) -> list[int]:
            page = list_allocations(unit.connection(), readers, AllocationFilter(**wanted))  # type: ignore[arg-type]  # its own names
            return [row.id for row in page.items]

        assert ids(states=("allocated",)) == [other, one]
        assert ids(states=("draft",), year=YEAR) == [draft]
        assert ids(year=YEAR + 1) == []
        assert ids(department_ids=(city.departments["ENE"],)) == []
        assert ids(is_open=False) == []
        first = list_allocations(unit.connection(), readers, AllocationFilter(), limit=2)
        second = list_allocations(unit.connection(), readers, AllocationFilter(), limit=2, cursor=first.next_cursor)
        assert [row.id for row in first.items] == [draft, other]
        assert [row.id for row in second.items] == [one]
        assert second.next_cursor is None
        project_id = first.items[0].project_id
        assert ids(project_id=project_id) == [draft]


def test_statements_do_not_grow_with_the_money(city: City) -> None:
    """Constant statements, with one payment as with three."""
    money = Treasury.found(city)
    readers = readers_of(city, "office1")
    counts = []
    for parts in ((WAN,), (WAN, WAN, WAN)):
        item_id = money.allocated(sum(parts), parts=parts)
        for number in range(1, len(parts) + 1):
            if number > 1:
                money.do("office1", item_id, "meet_milestone", instalment=str(number), evidence="单")
            money.spent(money.paid(item_id, number), WAN // 2)
        with city.database.reading() as unit, count_statements(unit) as counted:
            read_allocation(unit.connection(), readers, item_id)
        counts.append(counted[0])
    assert counts[0] == counts[1] <= 8
