"""A post lent up to an amount: what is about more stays with the principal (issue 5 no. 2)."""

import pytest

from app.core.errors import ForbiddenError
from app.policy.fund import find_keeper
from app.policy.people import find_actor
from app.services.offering import list_offers
from tests.city import City
from tests.delegating import BEGIN, DURING, lend
from tests.money import WAN, Treasury


def test_a_substitute_decides_up_to_the_amount_only(city: City) -> None:
    """Exactly the amount is within; a payment counts by its own amount; the principal decides what is above."""
    money = Treasury.found(city)
    project = money.project()
    small, large = (money.draft(project, fen, title=f"申请{fen}") for fen in (10 * WAN, 10 * WAN + 1))
    for item_id in (small, large):
        money.submit(item_id)
    lend(city, "fin1", "wea_head", amount_max_fen=10 * WAN)
    money.now = DURING
    with city.database.reading() as session:
        connection = session.connection()
        offered = {
            item_id: {
                offer.action
                for offer in list_offers(connection, city.book, city.people["wea_head"], item_id, DURING).offers
            }
            for item_id in (small, large)
        }
    assert "approve" in offered[small]
    assert "approve" not in offered[large]
    money.do("wea_head", small, "approve")
    with pytest.raises(ForbiddenError):
        money.do("wea_head", large, "approve")
    money.do("fin1", large, "approve")
    assert city.state(small) == city.state(large) == "allocated"


def test_through_two_links_the_least_amount_counts(city: City) -> None:
    """What was lent up to an amount is not lent on for more; a post lent up to an amount keeps no fund."""
    money = Treasury.found(city)
    lend(city, "fin1", "wea_head", amount_max_fen=5 * WAN)
    lend(city, "wea_head", "pol_head", amount_max_fen=8 * WAN)
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people["pol_head"], money.today, BEGIN)
    assert actor is not None
    limits = {held.department_id: held.amount_max_fen for held in actor.lent}
    assert limits[city.departments["FIN"]] == 5 * WAN
    assert limits[city.departments["WEA"]] == 8 * WAN
    assert find_keeper(actor, city.departments["FIN"]) is None
