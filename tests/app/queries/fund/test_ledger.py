"""The ledger page by page: filters, the order of posting, and what may not be read (issue 6 no. 1 and 8)."""

import pytest

from app.core.errors import InvalidError, NotFoundError
from app.policy.fund import Sight
from app.queries.fund.ledger import LedgerFilter, find_posting, list_postings
from tests.app.queries.fund.reading import count_statements, sight_of
from tests.city import City
from tests.money import WAN, YEAR, Treasury, yuan


def _list(city: City, login: str, money: Treasury, **wanted: object) -> list[str]:
    with city.database.reading() as unit:
        given = LedgerFilter(**wanted)  # type: ignore[arg-type]  # the filter's own names
        page = list_postings(unit.connection(), sight_of(city, login), money.fund_id, YEAR, given)
    return [one.operation for one in page.postings]


def _fill(city: City) -> tuple[Treasury, int, int]:
    money = Treasury.found(city)
    money.budget("earmark", 15 * WAN, earmark="应急")
    allocation_id = money.allocated(8 * WAN)
    payment_id = money.paid(allocation_id, voucher="记7")
    return money, allocation_id, payment_id


def test_each_filter_finds_what_touches_it(city: City) -> None:
    """By operation, account kind, department, allocation and earmark; the last posted first."""
    money, allocation_id, _ = _fill(city)
    assert _list(city, "auditor", money) == ["pay", "commit", "reserve", "earmark", "appropriate"]
    assert _list(city, "auditor", money, operation="appropriate") == ["appropriate"]
    assert _list(city, "auditor", money, operation="pay") == ["pay"]
    assert _list(city, "auditor", money, operation="reverse") == []
    assert _list(city, "auditor", money, kind="source") == ["appropriate"]
    assert _list(city, "auditor", money, kind="uncommitted") == ["reserve", "earmark", "appropriate"]
    assert _list(city, "auditor", money, kind="paid") == ["pay"]
    assert _list(city, "auditor", money, kind="committed", department_id=city.departments["TRA"]) == ["pay", "commit"]
    assert _list(city, "auditor", money, department_id=city.departments["ENE"]) == []
    assert _list(city, "auditor", money, allocation_id=allocation_id) == ["pay", "commit", "reserve"]
    assert _list(city, "auditor", money, allocation_id=allocation_id, kind="paid") == ["pay"]
    assert _list(city, "auditor", money, earmark_id=0) == ["reserve", "earmark", "appropriate"]
    with city.database.reading() as unit:
        mark = list_postings(unit.connection(), sight_of(city, "auditor"), money.fund_id, YEAR).postings[3]
        legs = find_posting(unit.connection(), sight_of(city, "auditor"), mark.id).legs
    assert [(leg.source.earmark, leg.target.earmark, leg.amount_fen) for leg in legs] == [(None, "应急", 15 * WAN)]


def test_the_changes_of_an_account_add_up_to_what_stands_on_it(city: City) -> None:
    """Following a figure into the ledger, the rows shown explain it to the fen."""
    money, _, payment_id = _fill(city)
    money.spent(payment_id, 3 * WAN)
    totals = money.totals()
    with city.database.reading() as unit:
        for kind in ("source", "uncommitted", "reserved", "committed", "paid", "spent"):
            page = list_postings(
                unit.connection(), sight_of(city, "fin1"), money.fund_id, YEAR, LedgerFilter(kind=kind)
            )
            assert sum(one.change_fen(kind) for one in page.postings) == totals.get(kind, 0), kind


def test_pages_follow_one_another_without_gap_or_double(city: City) -> None:
    """Keyset by number; a broken place is refused."""
    money, *_ = _fill(city)
    seen, cursor = [], None
    with city.database.reading() as unit:
        while True:
            page = list_postings(
                unit.connection(), sight_of(city, "auditor"), money.fund_id, YEAR, limit=2, cursor=cursor
            )
            seen += [one.seq for one in page.postings]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == [5, 4, 3, 2, 1]
        with pytest.raises(InvalidError):
            list_postings(unit.connection(), sight_of(city, "auditor"), money.fund_id, YEAR, cursor="nonsense")


def test_a_department_sees_its_own_part_only(city: City) -> None:
    """Of a fund's ledger a department's staff see what touches their department, and no other posting exists."""
    money, *_ = _fill(city)
    assert _list(city, "tra_staff", money) == ["pay", "commit", "reserve"]
    assert _list(city, "ene_staff", money) == []
    assert _list(city, "tra_staff", money, department_id=city.departments["ENE"]) == []
    with city.database.reading() as unit:
        newest = list_postings(unit.connection(), sight_of(city, "fin1"), money.fund_id, YEAR).postings[0]
        assert find_posting(unit.connection(), sight_of(city, "tra_staff"), newest.id).row.voucher == "记7"
        with pytest.raises(NotFoundError):
            find_posting(unit.connection(), sight_of(city, "ene_staff"), newest.id)


def test_what_belongs_to_an_item_that_may_not_be_read_has_no_title_and_no_papers(city: City) -> None:
    """P86: amount and day are shown, item, title, voucher, note and who posted it are not; nor does a leg tell them."""
    money = Treasury.found(city)
    allocation_id = money.allocated(8 * WAN, title="不公开的事项")
    money.paid(allocation_id, voucher="记7")
    with city.database.reading() as unit:
        connection, blind = unit.connection(), Sight(("U:0",), None)
        page = list_postings(connection, blind, money.fund_id, YEAR)
        newest = page.postings[0]
        detail = find_posting(connection, blind, newest.id)
        asked = LedgerFilter(allocation_id=allocation_id)
        assert list_postings(connection, blind, money.fund_id, YEAR, asked).postings == (), "which belong together"
        assert len(list_postings(connection, sight_of(city, "auditor"), money.fund_id, YEAR, asked).postings) == 3
    assert (newest.operation, newest.amount_fen, newest.is_hidden) == ("pay", 8 * WAN, True)
    for one in (newest, detail.row):
        assert (one.item_id, one.item_title, one.item_number, one.voucher, one.note) == (None,) * 5
        assert (one.actor_id, one.actor_name) == (None, None), "who asked for it tells whose it is"
    assert (detail.acting_department, detail.on_behalf_of_name) == (None, None)
    assert {(leg.source.item_title, leg.target.item_title) for leg in detail.legs} == {(None, None)}
    assert "不公开" not in repr(page)
    assert not page.postings[-1].is_hidden, "the appropriation belongs to no item"


def test_the_amount_of_a_posting_is_what_it_is_about(city: City) -> None:
    """Of a request cut down what was allocated, without what became free; of a carry-over what goes on, once."""
    money = Treasury.found(city)
    item_id = money.draft(money.project(), 9 * WAN)
    money.submit(item_id)
    money.do("fin1", item_id, "approve", amount=yuan(8 * WAN))
    money.at(YEAR + 1, 1, 5).close(YEAR)
    with city.database.reading() as unit:
        rows = list_postings(unit.connection(), sight_of(city, "auditor"), money.fund_id, YEAR).postings
    carry, commit = rows[:2]
    assert (commit.operation, commit.amount_fen) == ("commit", 8 * WAN)
    assert (carry.operation, carry.amount_fen) == ("carry", 100 * WAN)
    assert not carry.is_exception, "nothing was overdrawn"


def test_a_page_takes_two_statements_however_long(city: City) -> None:
    """Constant statements; a posting takes three."""
    money, *_ = _fill(city)
    for _ in range(10):
        money.budget("supplement", WAN)
    with city.database.reading() as unit:
        sight = sight_of(city, "auditor")
        with count_statements(unit) as counted:
            page = list_postings(unit.connection(), sight, money.fund_id, YEAR)
        assert counted == [2]
        with count_statements(unit) as counted:
            find_posting(unit.connection(), sight, page.postings[0].id)
        assert counted == [3]


def test_a_reversal_and_what_it_reverses_name_each_other(city: City) -> None:
    """A counter-entry leads to the mistake and back."""
    money = Treasury.found(city)
    posted = money.budget("supplement", WAN)
    reversal = money.reverse("fin2", posted.id)
    with city.database.reading() as unit:
        sight = sight_of(city, "auditor")
        wrong = find_posting(unit.connection(), sight, posted.id).row
        counter = find_posting(unit.connection(), sight, reversal.id).row
    assert (wrong.reversed_by_id, counter.reverses_id, counter.note) == (reversal.id, posted.id, "记错")
    assert _list(city, "auditor", money, operation="reverse") == ["reverse"]
