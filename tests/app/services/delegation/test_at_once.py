"""Delegations and acts at the same moment: the rules hold however the callers meet."""

from functools import partial

from sqlalchemy import func, select

from app.core.errors import ConflictError, NotFoundError
from app.models.delegation import Delegation
from tests.app.services.test_races import at_once
from tests.city import City
from tests.delegating import DURING, accept, end, lend, offer


def test_p04_two_who_lend_to_each_other_at_once_close_no_loop(city: City) -> None:
    """P04: A→B and B→A in the same moment: one is there, the other is told of the loop."""
    results = at_once([lambda: offer(city, "tra_head", "ene_head"), lambda: offer(city, "ene_head", "tra_head")])
    refused = [one for one in results if isinstance(one, ConflictError)]
    assert [one.code for one in refused] == ["delegation_loop"]


def test_a_double_click_offers_once_and_two_substitutes_never_meet(city: City) -> None:
    """The same offer eight times is one; of offers to several people one wins."""
    ids = at_once([lambda: offer(city, "tra_head", "ene_head") for _ in range(8)])
    assert len(set(ids)) == 1
    at_once([lambda: accept(city, int(str(ids[0])), "ene_head") for _ in range(4)])
    names = ("wea_head", "wea_staff", "ene_staff")
    won = [one for one in at_once([partial(offer, city, "pol_head", name) for name in names]) if isinstance(one, int)]
    assert len(won) == 1
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(Delegation)).scalar_one() == 2


def test_p05_an_end_and_an_act_at_once_are_one_after_the_other(city: City) -> None:
    """P05: the substitute's step is either done before the end or refused; the item is as the one or the other says."""
    for _ in range(4):
        delegation = lend(city, "tra_head", "ene_head")
        task = city.task()
        city.do("office1", task, "assign")
        acted, ended = at_once(
            [
                partial(city.do, "ene_head", task, "receive", now=DURING, version=2),
                partial(end, city, delegation, "tra_head", DURING),
            ]
        )
        assert ended is None
        assert city.state(task) == ("assigned" if isinstance(acted, NotFoundError) else "received")
