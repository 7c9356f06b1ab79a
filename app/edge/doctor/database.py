"""Checks of the database: reached, upgraded, of a version that is tried, with the calendars that dates rest on."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import text

from app.core.watch.finding import Finding
from app.edge.doctor.patient import Patient, fault, warn, well
from app.services.calendar import provisional_years
from app.services.escalation.upkeep import WARN_FROM_MONTH

_POSTGRESQL_MIN, _POSTGRESQL_TRIED = 13, 15
_SQLITE_MIN = (3, 35, 0)
#: In December the next year's dates are everywhere: what was a warning is a fault.
_FAULT_MONTH = 12


def check_database(patient: Patient) -> Iterator[Finding]:
    """Look whether the database answers and stands at this release."""
    if patient.database == "away":
        yield fault(
            "database",
            "数据库无法连接",
            "The database cannot be reached",
            "检查LIANBAN_DATABASE_URL、数据库服务和网络",
            "Check LIANBAN_DATABASE_URL, the database server and the network",
        )
    elif patient.database == "behind":
        yield fault(
            "database",
            "数据库尚未升级到本版本",
            "The database is not at this release's revision",
            "先备份，再运行flask db upgrade",
            "Back it up, then run flask db upgrade",
        )
    else:
        yield well("database", "数据库可用且已升级", "the database answers and is upgraded")


def check_version(patient: Patient) -> Iterator[Finding]:
    """Look whether the database is of a version with which the product is tried."""
    database = patient.context.database
    is_postgresql = database.is_postgresql
    with database.reading() as unit:
        asked = "SHOW server_version_num" if is_postgresql else "SELECT sqlite_version()"
        told = str(unit.connection().execute(text(asked)).scalar_one())
    name = f"PostgreSQL {int(told) // 10000}" if is_postgresql else f"SQLite {told}"
    old = (
        int(told) // 10000 < _POSTGRESQL_MIN
        if is_postgresql
        else tuple(int(part) for part in told.split(".")) < _SQLITE_MIN
    )
    if old:
        yield fault(
            "version",
            f"{name}版本过低",
            f"{name} is too old",
            f"升级到PostgreSQL {_POSTGRESQL_TRIED}或SQLite 3.40以上",
            f"Upgrade to PostgreSQL {_POSTGRESQL_TRIED} or SQLite 3.40 and later",
        )
    else:
        yield well("version", name, name)


def check_calendar(patient: Patient) -> Iterator[Finding]:
    """Look whether the official calendars are loaded: of this year, from November on of the next one."""
    today = patient.now.astimezone(patient.context.settings.timezone).date()
    years = [today.year, today.year + 1] if today.month >= WARN_FROM_MONTH else [today.year]
    with patient.context.database.reading() as unit:
        missing = provisional_years(unit.connection(), years)
    for year in missing:
        found = fault if _is_urgent(year, today) else warn
        yield found(
            "calendar",
            f"{year}年放假调休安排尚未导入，该年日期均为暂定",
            f"The official calendar of {year} is not loaded: its dates are provisional",
            f"国务院通知公布后运行flask calendar load，或在工作日历页导入{year}年安排",
            f"Once it is published, run flask calendar load or load {year} on the calendar's page",
        )
    if not missing:
        said = "、".join(map(str, years)), " and ".join(map(str, years))
        yield well("calendar", f"{said[0]}年放假安排已导入", f"the calendar of {said[1]} is loaded")


def _is_urgent(year: int, today: date) -> bool:
    return year == today.year or today.month >= _FAULT_MONTH
