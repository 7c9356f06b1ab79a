"""Spans are written and read alike."""

import pytest

from workflows.span import Span, days, workdays, workhours
from workflows.words import Text


@pytest.mark.parametrize("span", [workdays(-3), workhours(4), days(0)])
def test_a_span_reads_what_it_writes(span: Span) -> None:
    """Rule sets keep spans as text."""
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize("text", ["", "3", "workdays", "workdays(x)", "weeks(2)", "workdays(99999)"])
def test_a_wrong_span_is_refused(text: str) -> None:
    """The text and the expected form are named."""
    with pytest.raises(ValueError, match="expected workdays"):
        Span.parse(text)


def test_a_word_is_read_in_both_languages() -> None:
    """Anything but English reads Chinese."""
    assert [Text("任务", "task").in_language(lang) for lang in ("zh", "en", "en-GB", "fr")] == [
        "任务",
        "task",
        "task",
        "任务",
    ]
