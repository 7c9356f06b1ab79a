"""The notes of a monthly report: the period covered, the rules of the lights, flagged data, the seal of the log."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.engine import Connection

from app.queries.monthly.frame import count_flags
from app.queries.oversight.seal import find_head_at
from app.queries.progress import Period
from reports.progress import Note
from reports.wording import Text, spell_day, spell_instant

_BLOCK = 16


def list_notes(connection: Connection, period: Period) -> Iterable[Note]:
    """Yield the notes of a month; one statement."""
    if period.cutoff_day:
        first, last = period.first_on, period.as_of_on
        yield Note(
            Text("统计期间", "Period covered"),
            Text(
                f"{spell_day(first, 'zh')}至{spell_day(last, 'zh')}。每月{period.cutoff_day}日截止，以截止日为月末，"
                "此后的情况计入下月。",
                f"{spell_day(first, 'en')} to {spell_day(last, 'en')}. The month ends on day {period.cutoff_day};"
                " what comes after counts for the next one.",
            ),
        )
    yield Note(
        Text("灯色", "Lights"),
        Text(
            "落后计划10至30点为黄灯，超过30点为红灯；预计晚于期限的，按占计划工期的比例折算成点；逾期为红灯。"
            "没有可比的计划或进度的不评灯。",
            "10 to 30 points behind plan yellow, more than 30 red; a forecast after the due date counts as its share of"
            " the planned duration; past the due date red. Without a plan or progress to compare there is no light.",
        ),
    )
    flags = count_flags(connection, period)
    if flags:
        yield Note(
            Text("数据标记", "Flagged data"),
            Text(
                f"台账中有{flags}处数值存疑，已按原样导入并标记，原文可在事项页查阅。",
                f"{flags} odd values of the ledgers were taken as they stood and flagged;"
                " the item's page shows the raw text.",
            ),
        )


def tell_seal(connection: Connection, data_at: datetime) -> Note | None:
    """Return the last head of the sealed log that was signed by `data_at` (in the city's zone); one statement.

    The root stands in blocks of 16 digits, as `flask audit verify --head SIZE:ROOT` also reads it.
    """
    head = find_head_at(connection, data_at)
    if head is None:
        return None
    root = " ".join(head.root[at : at + _BLOCK] for at in range(0, len(head.root), _BLOCK))
    signed_at = head.signed_at.astimezone(data_at.tzinfo)
    return Note(
        Text("日志封存", "Seal of the log"),
        Text(
            f"{spell_instant(signed_at, 'zh')}签名，共{head.tree_size}条，树根{root}，密钥{head.key_id}。",
            f"Signed {spell_instant(signed_at, 'en')}: {head.tree_size} entries, root {root}, key {head.key_id}.",
        ),
    )
