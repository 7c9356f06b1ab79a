"""The scheduler's day: which job runs when and why, how its last run went, when it runs next."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template
from flask_login import current_user

from app.edge.administering import require_keeper
from app.edge.context import current_context
from app.edge.day import JobDay, read_day
from app.pages.show import say, say_label
from app.pages.words import gettext as _

pages = Blueprint("day", __name__)
_HOUR = timedelta(hours=1)


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


@pages.get("/scheduler")
def show() -> str:
    """Show the table of the day to the office and to administrators."""
    context = current_context()
    with context.database.reading() as unit:
        require_keeper(unit, current_user.person_id)
        day = read_day(context, unit)
    return render_template("day.html", here="day", health=day.health, rows=[_row(job) for job in day.jobs])


def _row(day: JobDay) -> JobRow:
    outcome, tone = _tell_outcome(day)
    late = day.last.late if day.last else timedelta()
    return JobRow(
        label=say_label(day.job.label),
        why=say(day.job.why),
        rhythm=say(day.job.when.label),
        grace=_("一律补办最近一次") if day.grace is None else _("%(hours)d小时内补办", hours=day.grace // _HOUR),
        last=day,
        outcome=outcome,
        tone=tone,
        late=_("迟%(minutes)d分钟", minutes=late // timedelta(minutes=1)) if late >= timedelta(minutes=1) else "",
    )


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
