"""What is issued is issued for good: only of a period that is over, of something that is there; under its own name."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from app.core.errors import InvalidError
from app.edge.long_work.issuing import check_issue, list_issuable
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.issuing import issue_paper
from app.edge.paperwork.kind import Ask
from app.edge.paperwork.periods import list_periods
from app.policy.people import find_actor
from app.services.recording import Acting
from app.services.rules import set_rule
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.city import City
from tests.client import Caller
from tests.money import Treasury
from tests.sweeping import local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
#: Running, ahead, without data, of the other cadence, none; digits that only look like digits.
WRONG = {
    "month": ("2026-04", "2026-05", "2099-01", "2010-01", "2026-02", "2026", "2026-3", "２０２６-03", None),
    "year": ("2026", "2027", "2099", "2010", "02025", "２０２５", "²", "2026-03", None),
}


def _scope(caller: Caller, name: str) -> int | None:
    return Treasury.found(caller.city).fund_id if PAPERS[name].scope == "fund" else None


def _fields(caller: Caller, name: str, ask: Ask) -> set[str]:
    """Return the fields at which an issue is refused, which is told when it is asked for and when it is done."""
    with pytest.raises(InvalidError) as done:
        issue_paper(caller.context, caller.city.people["office1"], name, ask, source="test")
    with pytest.raises(InvalidError) as asked:
        check_issue(caller.context, {"kind": name, "scope": ask.scope_id, "period": ask.period})
    fields = {one.field for one in done.value.faults}
    assert fields <= {one.field for one in asked.value.faults}
    return fields


@pytest.mark.parametrize("name", list_issuable())
def test_only_a_period_that_is_over_is_issued(
    caller: Caller, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Nothing is drawn and no number taken for one that runs, lies ahead or has no data, whatever the kind says."""
    drawn, scope = draw_plainly(monkeypatch, name), _scope(caller, name)
    caller.city.project()
    caller.clock.set(local(2026, 4, 6))
    for period in WRONG[PAPERS[name].period]:
        assert _fields(caller, name, Ask(scope, period)) == {"period"}, period
    assert drawn.calls == []
    caller.clock.set(local(2027, 1, 4))
    good = Ask(scope, "2026-03" if PAPERS[name].period == "month" else "2026")
    assert issue_paper(caller.context, caller.city.people["office1"], name, good, source="test").is_new
    check_issue(caller.context, {"kind": name, "scope": scope, "period": good.period})


@pytest.mark.parametrize("name", list_issuable())
def test_a_paper_has_one_name(caller: Caller, name: str) -> None:
    """A scope that is not the kind's would make a second paper of the same, with a number of its own."""
    caller.city.project()
    caller.clock.set(local(2027, 1, 4))
    period = "2026-03" if PAPERS[name].period == "month" else "2026"
    wrong = (7, 10**9) if PAPERS[name].scope == "city" else (None, 10**9)
    for scope in wrong:
        assert _fields(caller, name, Ask(scope, period)) == {"scope"}


def _set_cutoff(city: City, value: str) -> None:
    acting = Acting(city.people["office1"], "office")
    city.database.write(
        partial(
            set_rule, book=city.book, acting=acting, now=local(2026, 3, 1), key="terms.report_cutoff_day", value=value,
            from_on=None, note="", apply_open=False, source="test",
        )
    )  # fmt: skip


def test_a_month_ends_with_its_cut_off_and_is_named_as_asked(caller: Caller) -> None:
    """Cut-off 25: November is over on the 26th; the bulletin that is asked of December then is headed December.

    A year is over with 31 December, also while next year's January runs already.
    """
    caller.city.project()
    _set_cutoff(caller.city, "25")
    for day, is_over in ((25, False), (26, True)):
        caller.clock.set(local(2026, 11, day))
        given = {"kind": "bulletin", "period": "2026-11"}
        if is_over:
            check_issue(caller.context, given)
        else:
            with pytest.raises(InvalidError):
                check_issue(caller.context, given)
    caller.clock.set(local(2026, 11, 28))
    with caller.context.database.reading() as unit:
        actor = find_actor(unit.connection(), caller.city.people["office1"], date(2026, 11, 28), caller.clock.now())
        assert actor is not None
        paper = PAPERS["bulletin"].fill(caller.context, unit, actor, Ask(None, "2026-12"), "zh").data
    assert (paper.year, paper.month, paper.identifier) == (2026, 12, "bulletin:2026-12")
    assert paper.first_on == date(2026, 11, 26)
    caller.clock.set(local(2026, 12, 28))
    assert list_periods(caller.context, PAPERS["progress"])[0] == "2027-01"
    assert list_periods(caller.context, replace(PAPERS["review"])) == ["2026"]
    assert _fields(caller, "review", Ask(None, "2026")) == {"period"}
