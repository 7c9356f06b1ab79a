"""How long items are kept once they are closed, and the number under which they are filed.

Source: 机关文件材料归档范围和文书档案保管期限规定 (National Archives Administration, Order no. 8, 2006): permanent, 30
years, 10 years, counted from 1 January after the year to which the papers belong; DA/T 22-2015 归档文件整理规则: the
number names the class of the archive, the year, the period's code (Y, D30, D10) and a running number.
"""

from datetime import date
from enum import StrEnum

from workflows.words import Text


class Retention(StrEnum):
    """For how long an item is kept."""

    PERMANENT = "permanent"
    YEARS_30 = "years_30"
    YEARS_10 = "years_10"


RETENTIONS = tuple(one.value for one in Retention)
RETENTION_LABELS = {
    Retention.PERMANENT: Text("永久", "permanent"),
    Retention.YEARS_30: Text("30年", "30 years"),
    Retention.YEARS_10: Text("10年", "10 years"),
}
_CODES = {Retention.PERMANENT: "Y", Retention.YEARS_30: "D30", Retention.YEARS_10: "D10"}
_YEARS = {Retention.YEARS_30: 30, Retention.YEARS_10: 10}
#: The class of papers of administration (文书) in archive numbers.
_CLASS = "WS"
#: What is filed when nobody says otherwise: projects are what a city wants to know later, requests soon nobody does.
_BY_KIND = {"project": Retention.PERMANENT, "request": Retention.YEARS_10}


def choose_retention(kind: str) -> Retention:
    """Return the period that an item of `kind` gets unless somebody chose another."""
    return _BY_KIND.get(kind, Retention.YEARS_30)


def name_code(retention: Retention) -> str:
    """Return the period's code in archive numbers; it is also the name of their series."""
    return _CODES[retention]


def find_last_day(retention: Retention, closed_on: date) -> date | None:
    """Return the last day on which an item closed on `closed_on` must be kept; None: for ever."""
    years = _YEARS.get(retention)
    return None if years is None else date(closed_on.year + years, 12, 31)


def format_archive_number(retention: Retention, year: int, number: int) -> str:
    """Return an archive number: WS·2026-D30-0017."""
    return f"{_CLASS}·{year}-{_CODES[retention]}-{number:04d}"
