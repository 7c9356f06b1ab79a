"""The certificate and the ruling as kinds: frozen by the step that issues them, once, with a number of their own."""

import pytest

from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.issuing import freeze_paper
from app.edge.paperwork.kind import Ask
from app.queries.item_detail import find_item
from app.queries.paperwork.issued import list_versions
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.client import Caller
from tests.sweeping import assigned_task, local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_ruling_is_frozen_once_it_is_ruled(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits while pending; ruled, it gets 裁〔2026〕1号 and the instant of the ruling; the same paper again."""
    drawn, city = draw_plainly(monkeypatch, "ruling"), caller.city
    task = assigned_task(city)
    city.do("tra_head", task, "dispute", {"reason": "属公安职责", "department": city.departments["POL"]})
    caller.clock.set(local(2026, 3, 5))
    find_waiting = PAPERS["ruling"].find_waiting
    assert find_waiting is not None
    with caller.context.database.reading() as unit:
        children = find_item(unit.connection(), ("OFFICE",), task, caller.context.today()).children
        request = next(one.id for one in children if one.kind == "request")
        assert list(find_waiting(caller.context, unit, 0)) == []
    city.do("office2", request, "approve", {"opinion": "三定方案明确"}, now=local(2026, 3, 4))
    with caller.context.database.reading() as unit:
        assert list(find_waiting(caller.context, unit, 0)) == [(request, Ask(request))]
        assert list(find_waiting(caller.context, unit, request)) == []
    first = freeze_paper(caller.context, "ruling", Ask(request))
    again = freeze_paper(caller.context, "ruling", Ask(request))
    assert (first.is_new, again.is_new, again.paper_id) == (True, False, first.paper_id)
    with caller.context.database.reading() as unit:
        paper = list_versions(unit.connection(), "ruling", request, "")[0]
        assert list(find_waiting(caller.context, unit, 0)) == []
    assert (paper.number, paper.version, paper.issued_at) == ("裁〔2026〕1号", 1, local(2026, 3, 4))
    assert {lang for _, lang, _ in drawn.calls} == {"zh", "en"}
    assert len(drawn.calls) == 4
