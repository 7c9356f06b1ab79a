"""Where money may go and comes back to: payees of the project, accounts that can be one, earmarks that stay whole."""

import pytest
from sqlalchemy import select

from app.core.errors import InvalidError
from app.models.fund import FundEarmark
from tests.city import City
from tests.money import WAN, YEAR, Treasury, yuan


def _earmarked(money: Treasury) -> tuple[int, int]:
    """Return an earmark and an allocation of 20万 from it of which 5万 came back."""
    money.budget("earmark", 20 * WAN, earmark="交通额度")
    with money.city.database.reading() as session:
        earmark = session.execute(select(FundEarmark.id)).scalar_one()
    item_id = money.allocated(20 * WAN, earmark_id=earmark)
    paid = money.paid(item_id)
    money.do("tra_staff", paid, "report_return", amount=yuan(5 * WAN), spent_on=money.today.isoformat(), voucher="退1",
             reason="节余")  # fmt: skip
    money.do("fin1", paid, "accept_spending")
    return earmark, item_id


def test_what_came_from_an_earmark_goes_back_into_it(city: City) -> None:
    """Freed by hand it is the earmark's again, not everybody's."""
    money = Treasury.found(city)
    earmark, _item_id = _earmarked(money)
    before = money.balance("uncommitted")
    money.budget("reuse", 5 * WAN)
    assert (money.balance("uncommitted", earmark), money.balance("uncommitted")) == (5 * WAN, before)
    assert money.check().faults == []


def test_a_years_end_brings_it_back_into_its_earmark(city: City) -> None:
    """Carried on unfreed it is the earmark's in the next year."""
    money = Treasury.found(city)
    earmark, _item_id = _earmarked(money)
    money.at(YEAR + 1, 1, 5).close(YEAR)
    assert money.balance("uncommitted", earmark, YEAR + 1) == 5 * WAN
    assert money.check().faults == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"department": "POL"}, "department"), ({"account": "对公账户"}, "account"), ({"account": "622"}, "account")],
)
def test_a_wrong_payee_is_refused(city: City, given: dict[str, str], field: str) -> None:
    """Issue 6, bad input: a stranger to the project, or what cannot be an account; a supporter of it may be paid."""
    money = Treasury.found(city)
    item_id = money.allocated(10 * WAN)
    asked = {"instalment": "1", "account": "6222000000000001", "bank": "示例银行"} | given
    if "department" in asked:
        asked["department"] = str(city.departments[asked["department"]])
    with pytest.raises(InvalidError) as refused:
        money.do("tra_staff", item_id, "draw", **asked)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert money.below(item_id) == []
    money.do("tra_staff", item_id, "draw", instalment="1", account="6222-0000 0000-0001", bank="示例银行",
             department=str(city.departments["ENE"]))  # fmt: skip
    assert len(money.below(item_id)) == 1
