"""The scheduler's day: which job runs when and why, how its last run went, when it runs next."""

import re
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template
from flask_login import current_user

from app.edge.administering import require_keeper
from app.edge.context import current_context
from app.edge.day import JobDay, read_day
from app.pages.show import join_names, say, say_label
from app.pages.words import gettext as _

pages = Blueprint("day", __name__)
_HOUR = timedelta(hours=1)


def _sweep_words() -> dict[str, str]:
    return {"raised": _("升级%(n)s件"), "lights": _("灯变化%(n)s盏"), "made": _("出具督办单%(n)s份"),
            "issued": _("签发%(n)s份"), "settled": _("了结%(n)s份"), "faults": _("出错%(n)s处")}  # fmt: skip


def _delivery_words() -> dict[str, str]:
    return {"messages": _("消息%(n)s条"), "muted": _("不再发%(n)s条"), "sent": _("邮件发出%(n)s封"),
            "again": _("邮件待重发%(n)s封"), "failed": _("邮件失败%(n)s封"), "called": _("推送%(n)s次"),
            "recall": _("推送待重试%(n)s次"), "refused": _("推送失败%(n)s次"),
            "held": _("旧消息已扣留")}  # fmt: skip


def _upkeep_words() -> dict[str, str]:
    return {"answers": _("清理重复请求记录%(n)s条"), "sweeps": _("清理空巡检记录%(n)s条"),
            "archived": _("归档事项%(n)s件"), "year": _("缺%(n)s年放假安排")}  # fmt: skip


def _file_words() -> dict[str, str]:
    return {"orphans": _("无登记的文件%(n)s个"), "dropped": _("删除%(n)s个")}


def _queue_words() -> dict[str, str]:
    return {"retried": _("中断后重新排队%(n)s项"), "deferred": _("补排遗漏%(n)s项"), "dropped": _("清理作业%(n)s项")}


def _other_words() -> dict[str, str]:
    return {"left": _("已交作业进程办理"), "alone": _("单机运行，不用队列")}


def _watch_words() -> dict[str, str]:
    return {"broken": _("故障%(n)s项"), "warnings": _("注意%(n)s项"), "told": _("新通知%(n)s项"),
            "retold": _("再次通知%(n)s项"), "ended": _("恢复%(n)s项")}  # fmt: skip


def _figure_words() -> dict[str, str]:
    return {"figures": _("更新%(n)s组统计数字")}


#: What the jobs write into their record (app/jobs), and the words for each figure.
_RESULTS = (
    (re.compile(r"raised (?P<raised>\d+), lights (?P<lights>\d+), "
                r"slips (?P<made>\d+)/(?P<issued>\d+)/(?P<settled>\d+), faults (?P<faults>\d+)"), _sweep_words),
    (re.compile(r"messages (?P<messages>\d+), muted (?P<muted>\d+), "
                r"mails sent (?P<sent>\d+) again (?P<again>\d+) failed (?P<failed>\d+), "
                r"webhooks sent (?P<called>\d+) again (?P<recall>\d+) failed (?P<refused>\d+)"
                r"(?:, held before (?P<held>\S+))?"), _delivery_words),
    (re.compile(r"answers forgotten (?P<answers>\d+), empty sweeps forgotten (?P<sweeps>\d+)"
                r"(?:, archived (?P<archived>\d+))?(?:, no calendar for (?P<year>\d+))?"), _upkeep_words),
    (re.compile(r"faults (?P<broken>\d+), warnings (?P<warnings>\d+), "
                r"told (?P<told>\d+) again (?P<retold>\d+) ended (?P<ended>\d+)"), _watch_words),
    (re.compile(r"figures (?P<figures>\d+)"), _figure_words),
    (re.compile(r"jobs begun anew (?P<retried>\d+), lost works found (?P<deferred>\d+), "
                r"needless jobs (?P<dropped>\d+)"), _queue_words),
    (re.compile(r"(?P<left>left to the processes of flask worker)|(?P<alone>no queue with SQLite)"), _other_words),
    (re.compile(r"orphans (?P<orphans>\d+), dropped (?P<dropped>\d+)"), _file_words),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JobRow:
    """A line of the table; `tone` colours the outcome: ok, warn, bad or nothing."""

    label: str
    why: str
    rhythm: str
    grace: str
    last: JobDay
    outcome: str
    tone: str
    late: str
    result: str


@pages.get("/scheduler")
def show() -> str:
    """Show the table of the day to the office and to administrators."""
    context = current_context()
    with context.database.reading() as unit:
        require_keeper(unit, current_user.person_id)
        day = read_day(context, unit)
    rows = [_row(job) for job in day.jobs]
    return render_template("day.html", here="day", health=day.health, rows=rows, workers=day.workers)


def _row(day: JobDay) -> JobRow:
    outcome, tone = _tell_outcome(day)
    late = day.last.late if day.last else timedelta()
    return JobRow(
        label=say_label(day.job.label),
        why=say(day.job.why),
        rhythm=say(day.job.when.label),
        grace=_tell_grace(day.grace),
        last=day,
        outcome=outcome,
        tone=tone,
        late=_tell_late(late),
        result=_tell_result(day.last.message or "") if day.last else "",
    )


def _tell_grace(grace: timedelta | None) -> str:
    if grace is None:
        return _("一律补办最近一次")
    if grace < _HOUR:
        return _("%(minutes)d分钟内补办", minutes=grace // timedelta(minutes=1))
    return _("%(hours)d小时内补办", hours=grace // _HOUR)


def _tell_late(late: timedelta) -> str:
    if late < timedelta(minutes=1):
        return ""
    if late < 2 * _HOUR:
        return _("迟%(minutes)d分钟", minutes=late // timedelta(minutes=1))
    return _("迟%(hours)d小时", hours=late // _HOUR)


def _tell_result(message: str) -> str:
    """Return what a run did in the present language, its noughts left out; an unknown sentence as it stands."""
    for pattern, parts in _RESULTS:
        found = pattern.fullmatch(message)
        if found:
            names = parts()
            told = [names[key] % {"n": value} for key, value in found.groupdict().items() if value not in (None, "0")]
            return join_names(told) or _("没有要做的")
    return message


def _tell_outcome(day: JobDay) -> tuple[str, str]:
    if day.last is None:
        return _("尚未运行"), "warn" if day.is_owed else ""
    words = {
        "done": (_("完成"), "ok"),
        "running": (_("运行中"), ""),
        "stopped": (_("中途停止，将补办"), "warn"),
        "failed": (_("失败，一分钟后重试"), "bad"),
    }
    return words.get(day.last.outcome or "", (day.last.outcome or "", ""))
