"""Addresses of lists: read leniently, written back as short as they can be, twice the same."""

from datetime import date

import pytest

from app.edge.listing.columns import COLUMNS as COLUMN_WORDS
from app.schemas.item import COLUMNS
from app.schemas.listing import ME, PLACES, ListQuery, read_address


@pytest.mark.parametrize(
    "address",
    [
        "", "q=数据&light=red&light=yellow&state=done&view=all&department=5&part=lead&assignee=me&urgency=urgent",
        "department=id:5&part=lead&support=id:7",
        "kind=task,slip&source=letter&phase=试点应用&parent=7&due_from=2026-01-01&due_until=2026-12-31&rung=2",
        "closed_from=2026-01-01&closed_until=2026-06-30&overdue=0&sort=-due&columns=due,lead",
        "view=closed&state=closed", "state=open", "state=closed", "view=mine", "department=TRA", "q=" + "%25_" * 30,
    ],
)  # fmt: skip
def test_what_is_written_reads_the_same(address: str) -> None:
    """A saved view is an address: reading what was written gives the same list, and the same text again."""
    query = read_address(address)
    assert read_address(query.write()) == query
    assert read_address(query.write()).write() == query.write()


@pytest.mark.parametrize(
    "address",
    [
        "light=blue&sort=price&view=%3F&overdue=maybe&kind=fund&urgency=x&source=y&part=z&rung=many&parent=-1",
        "due_from=yesterday&due_until=2026-02-30&closed_from=0001-01-01&closed_until=9999-12-31&assignee=you",
        "columns=price&state=1%20OR%201&state=" + "a" * 40, "&".join(f"x{number}=1" for number in range(500)),
        "%00=%00&%ff=%ff&===&&&;",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_left_out(address: str) -> None:
    """A bad stored query breaks nothing: it is the plain list."""
    assert read_address(address) == ListQuery()


def test_an_address_without_a_view_shows_open_work_unless_it_says_otherwise() -> None:
    """States and closing dates name what is closed, too: such an address is not empty for want of a view."""
    assert read_address("").view == "open"
    assert read_address("state=done").view == "all"
    assert read_address("state=open,done").view == "open"
    assert read_address("state=closed") == ListQuery(view="closed")
    assert read_address("closed_from=2026-01-01").view == "closed"
    assert read_address("view=open&state=done").view == "open"
    assert read_address("view=mine") == ListQuery(assignee=ME)


def test_a_project_that_is_closed_can_be_told_from_one_that_is_cancelled() -> None:
    """`closed` is both an openness and a state of projects; beside a view it is the state."""
    query = read_address("view=closed&state=closed")
    assert (query.view, query.states) == ("closed", ("closed",))
    assert read_address(query.write("projects")) == query


def test_text_is_cleaned_and_bounded() -> None:
    """Control characters never reach the database, long texts are cut."""
    query = read_address("q=a%00b" + "长" * 300 + "&phase=%00" + "期" * 300)
    assert "\x00" not in query.q + query.phase
    assert (len(query.q), len(query.phase)) == (100, 120)


def test_a_place_holds_its_kinds_only() -> None:
    """/tasks?kind=project is the list of tasks; its address need not say so."""
    query = read_address("kind=project").with_kinds(PLACES["tasks"])
    assert query.kinds == ("task",)
    assert query.write("tasks") == ""
    assert query.write() == "kind=task"


def test_the_usual_columns_need_no_name() -> None:
    """Columns stand in the lists' order with the title among them; the usual ones are left out of the address."""
    assert read_address("columns=due&columns=lead").columns == ("title", "lead", "due")
    assert read_address("columns=light,title,lead,state,progress,due").columns == ()


def test_addresses_and_words_know_the_same_columns() -> None:
    """Every column that can be named has words and cells, in the same order."""
    assert tuple(COLUMN_WORDS) == COLUMNS


def test_dates_are_read_as_dates() -> None:
    """From and until, both included."""
    query = read_address("due_from=2026-01-01&due_until=2026-12-31")
    assert (query.due_from, query.due_until) == (date(2026, 1, 1), date(2026, 12, 31))
