"""Exports keep to what was asked for: a filter that means nothing is refused by its name, on pages and in the API."""

from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Visit
from tests.client import Caller

Begin = Callable[[str], Visit]
WRONG = [
    ("department=无此局", "department"), ("support=无此局", "support"), ("due_from=2026-13-40", "due_from"),
    ("rung=99", "rung"), ("state=nonsense", "state"), ("light=purple", "light"), ("kind=letter", "kind"),
    ("assignee=someone", "assignee"), ("lights=red", "lights"), ("view=everything", "view"), ("parent=x", "parent"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "name"), WRONG)
def test_long_exports_refuse_what_means_nothing(caller: Caller, query: str, name: str) -> None:
    """POST /works: 422 with the filter's name, instead of a file with every item."""
    body = {"kind": "export", "arguments": {"query": f"view=all&{query}", "format": "csv"}}
    refused = caller.post("office1", "/works", body)
    assert refused.status_code == 422, refused.json
    assert [fault["field"] for fault in refused.json["faults"]] == [f"query.{name}"]


@pytest.mark.parametrize(
    "query", ["", "?kind=task&view=all&due_from=2026/12/20&department=TRA&columns=title,due&sort=due"]
)
def test_long_exports_take_what_they_know(caller: Caller, query: str) -> None:
    """Also dates as people write them."""
    body = {"kind": "export", "arguments": {"query": query, "format": "csv"}}
    assert caller.post("office1", "/works", body).status_code in {201, 202}
