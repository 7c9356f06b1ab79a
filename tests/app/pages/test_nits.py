"""Small faults of answers: redirects that name a host, NUL in pages, broken places in a list, selections too long."""

from collections.abc import Callable

import pytest

from app.edge.bulk import ITEMS_MAX
from tests.app.pages.conftest import Visit
from tests.city import City

Begin = Callable[[str], Visit]


@pytest.mark.parametrize("path", ["/items//8", "//items/8", "/api/v1//items"])
def test_a_doubled_slash_leads_to_a_path(visit: Begin, path: str) -> None:
    """Whatever host the request names, nobody is sent there."""
    answer = visit("office1").client.get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "")
    assert "evil.example" not in answer.text


def test_no_page_holds_a_nul(visit: Begin) -> None:
    """A character that no text has is not echoed."""
    office = visit("office1")
    assert b"\0" not in office.get("/documents?q=a%00b").data
    office.get("/tasks/new")
    assert b"\0" not in office.post("/tasks/new", key=office.key, r0__title="a\0b").data


@pytest.mark.parametrize("address", ["/tasks?view=all&cursor=broken", "/documents?kind=letter&cursor=broken"])
def test_a_broken_place_in_a_list_leads_to_its_first_page(visit: Begin, address: str) -> None:
    """Filters stay."""
    page = visit("office1").get(address)
    assert page.status_code == 422
    assert f'href="{address.partition("&")[0]}"' in page.text


def test_what_is_left_out_of_a_bulk_step_is_told(visit: Begin, city: City) -> None:
    """A hundred at a time; the rest is named, not dropped."""
    office = visit("office1")
    picks = "&".join(f"pick={number}.1" for number in range(1, ITEMS_MAX + 64))
    assert "另有63件不在其内" in office.get(f"/inbox/bulk?{picks}").text
    few = "&".join(f"pick={number}.1" for number in range(1, ITEMS_MAX + 1))
    assert "不在其内" not in office.get(f"/inbox/bulk?{few}").text
    assert city.people


def test_a_view_with_filters_without_meaning_is_not_kept(visit: Begin) -> None:
    """It would show more than its name says, and take the place of the list without filters."""
    office = visit("office1")
    office.get("/tasks")
    refused = office.post("/views", place="tasks", name="我的", query="due_from=soon")
    assert refused.status_code == 422
    assert "我的" in refused.text
    office.get("/tasks")
    assert office.post("/views", place="tasks", name="我的", query="due_from=2026/1/1").status_code == 303


def test_a_csv_names_its_charset_once(visit: Begin) -> None:
    """And its plain name begins with a letter."""
    answer = visit("office1").get("/items/export.csv?view=all")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="2' in answer.headers["Content-Disposition"]
