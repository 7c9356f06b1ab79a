"""Due dates in words: what is certain is read, nothing is guessed."""

from datetime import date

import pytest

from app.ledger.meeting.due_text import read_due_text


@pytest.mark.parametrize(
    ("text", "said_on", "due_on"),
    [
        ("June", date(2016, 3, 10), date(2016, 6, 30)),
        ("end of January", date(2016, 12, 15), date(2017, 1, 31)),
        ("9 April 2020", date(2020, 3, 30), date(2020, 4, 9)),
        ("Jan 2017", date(2016, 3, 9), date(2017, 1, 31)),
        ("by the end of February 2024", date(2023, 12, 1), date(2024, 2, 29)),
        ("2024-05-06", date(2024, 5, 1), date(2024, 5, 6)),
        ("May", date(2024, 5, 31), date(2024, 5, 31)),
        ("Sept. 2019", date(2019, 5, 22), date(2019, 9, 30)),
        ("June", date(2017, 10, 9), None),  # eight months ahead: it may be the June that is over
        ("January 2018", date(2018, 5, 30), None),  # before it was said
        ("Markdown", date(2019, 1, 11), None),
        ("31 June 2020", date(2020, 1, 1), None),
        ("0 June 2020", date(2020, 1, 1), None),
        ("June 0000", date(2020, 1, 1), None),
        ("soon", date(2020, 1, 1), None),
        ("ma", date(2020, 1, 1), None),
        ("", date(2020, 1, 1), None),
    ],
)
def test_words_become_days(text: str, said_on: date, due_on: date | None) -> None:
    """Issue 7.11: due dates in free text, relative to the meeting's day; else they stay text."""
    assert read_due_text(text, said_on) == due_on
