"""The bulletin and the year's review as kinds: who may have them, for which periods; the same figures for all."""

from dataclasses import replace
from datetime import date

import pytest

from app.core.errors import ForbiddenError, InvalidError, NotFoundError
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask, Filled
from app.edge.paperwork.project_report import find_month_before
from app.policy.people import Actor, find_actor
from tests.app.queries.paper.working import finish
from tests.client import Caller
from tests.sweeping import local, running_task

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _find(caller: Caller, login: str) -> Actor:
    with caller.context.database.reading() as unit:
        found = find_actor(unit.connection(), caller.city.people[login], caller.context.today(), caller.context.now())
    assert found is not None
    return found


def _fill(caller: Caller, name: str, ask: Ask, login: str = "office1") -> Filled:
    with caller.context.database.reading() as unit:
        return PAPERS[name].fill(caller.context, unit, _find(caller, login), ask, "zh")


def _live(caller: Caller) -> None:
    finish(caller.city, "按期", date(2026, 3, 12), local(2026, 3, 12), local(2026, 3, 13))
    running_task(caller.city, title="逾期", due_on=date(2026, 3, 20))
    caller.clock.set(local(2026, 4, 6))


@SQLITE
@pytest.mark.parametrize("name", ["bulletin", "review"])
def test_only_who_sees_the_whole_city_may_have_it(caller: Caller, name: str) -> None:
    """A department's ranking of what it may read would mislead: it gets the paper that the office issued."""
    for login in ("office1", "leader", "auditor"):
        PAPERS[name].allow(_find(caller, login))
    for login in ("tra_head", "tra_staff", "admin"):
        with pytest.raises(ForbiddenError):
            PAPERS[name].allow(_find(caller, login))


@SQLITE
def test_office_and_leaders_get_the_same_figures(caller: Caller) -> None:
    """The common key decides, so that what one person reads by name or by post is in nobody's paper."""
    _live(caller)
    for name, period in (("bulletin", "2026-03"), ("review", "2026")):
        mine = _fill(caller, name, Ask(period=period))
        assert replace(mine.data, office="") == replace(
            _fill(caller, name, Ask(period=period), "leader").data, office=""
        )
        assert mine.rule_set_id is not None
        assert mine.name == f"{name}-{period}"
    paper = _fill(caller, "bulletin", Ask(period="2026-03")).data
    assert [(one.on_time, one.base) for one in paper.scores] == [(1, 2)]
    assert (paper.dated_on, paper.reply_by_on) == (date(2026, 4, 6), date(2026, 4, 13))


@SQLITE
@pytest.mark.parametrize(
    ("name", "period"),
    [("bulletin", None), ("bulletin", "2026"), ("bulletin", "2026-13"), ("bulletin", "2026-05"),
     ("bulletin", "2026-02"),
     ("review", None), ("review", "2026-03"), ("review", "2027"), ("review", "2025"), ("review", "１９９９")],
)  # fmt: skip
def test_a_wrong_period_is_told_at_its_field(caller: Caller, name: str, period: str | None) -> None:
    """None, malformed, ahead, or before anything is on record: InvalidError at `period`, never an empty paper."""
    _live(caller)
    with pytest.raises(InvalidError) as caught:
        _fill(caller, name, Ask(period=period))
    assert [fault.field for fault in caught.value.faults] == ["period"]


@SQLITE
@pytest.mark.parametrize("name", ["project_report", "acceptance", "ruling"])
def test_an_items_paper_is_read_as_the_item_is(caller: Caller, name: str) -> None:
    """What may not be read looks like what is missing; another kind of item has no such paper."""
    project = caller.city.project(confidential=True)
    task = running_task(caller.city, title="任务")
    for ask, login in ((Ask(), "office1"), (Ask(project), "wea_head"), (Ask(task), "office1"), (Ask(0), "office1")):
        with pytest.raises(NotFoundError):
            _fill(caller, name, ask, login)


def test_the_month_before_a_long_month_ends_in_time() -> None:
    """31 March looks back to 28 February, never to a day that does not exist."""
    assert find_month_before(date(2026, 3, 31)) == date(2026, 2, 28)
    assert find_month_before(date(2026, 1, 15)) == date(2025, 12, 15)
