"""The working hours of a day: one span, or several with breaks between them.

Kept apart from the calendar because a city changes its hours without touching its days off. Times are
wall-clock times of the city's zone, to the minute. A span is half-open: work begins at its first time and
is over at its last.
"""

import re
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from itertools import pairwise

DAY_MINUTES = 1440

_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$", re.ASCII)


@dataclass(frozen=True)
class Hours:
    """The working spans of a day, in order; a lunch break is the gap between two spans.

    `time` knows no 24:00, so the end `time(0)` means midnight at the end of the day (minute 1440): a whole
    day is `((time(0), time(0)),)` and joins the next one without a gap. ValueError on no span, times finer
    than a minute or with a zone, a span that does not end after it begins, and spans that overlap or are
    out of order.
    """

    spans: tuple[tuple[time, time], ...] = ((time(9), time(17, 30)),)

    def __post_init__(self) -> None:
        if not self.spans:
            raise ValueError("working hours need at least one span")
        for moment in (moment for span in self.spans for moment in span):
            if moment.second or moment.microsecond or moment.tzinfo is not None:
                raise ValueError(f"{moment.isoformat()} is no wall-clock time to the minute")
        for (begin, end), written in zip(self.minutes, str(self).split(","), strict=True):
            if begin >= end:
                raise ValueError(f"{written} does not end after it begins")
        for (_, end), (begin, _) in pairwise(self.minutes):
            if begin < end:
                raise ValueError(f"the spans {self} overlap or are out of order")

    def __str__(self) -> str:
        return ",".join(f"{_write(begin)}-{_write(end)}" for begin, end in self.minutes)

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Read `09:00-12:00,13:30-17:30`, as `str(hours)` writes it; the last end may be 24:00.

        ValueError names the span and the expected form.
        """
        return cls(tuple(_read_span(part.strip()) for part in text.split(",")))

    @cached_property
    def minutes(self) -> tuple[tuple[int, int], ...]:
        """The spans as minutes since the local midnight; the end of the day is 1440."""
        return tuple((_minute(begin), _minute(end) or DAY_MINUTES) for begin, end in self.spans)


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _write(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _read_span(text: str) -> tuple[time, time]:
    match = _SPAN.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no span of hours: expected HH:MM-HH:MM, at the latest 24:00")
    begin_hour, begin_minute, end_hour, end_minute = match.groups(default="0")
    return time(int(begin_hour), int(begin_minute)), time(int(end_hour), int(end_minute))
