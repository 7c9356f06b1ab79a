"""The monthly progress report as a kind of paper."""

import re

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context, Unit
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.edge.reporting import read_progress_of
from app.policy.people import Actor
from app.services.long_work.kind import require_post
from reports.monthly.word import build_progress_docx
from reports.monthly.workbook import build_progress_xlsx
from reports.progress_pages import build
from reports.wording import Lang, Text

_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
_NO_MONTH = Sentence("请选择月份，如2026-03。", "Choose a month, as 2026-03.")


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    found = _MONTH.fullmatch(ask.period or "")
    if found is None:
        raise InvalidError([Fault("period", _NO_MONTH)])
    report = read_progress_of(context, unit, actor.readers, int(found[1]), int(found[2]))
    rule_set_id = context.book.current_rule_set(unit.connection(), report.as_of_on)
    return Filled(report, report.data_at, rule_set_id, f"progress-{ask.period}")


PROGRESS = PaperKind(
    name="progress",
    label=Text("工作月报", "Progress report"),
    scope="city",
    period="month",
    template=2,
    allow=require_post,
    fill=_fill,
    draw={"pdf": build, "docx": build_progress_docx, "xlsx": build_progress_xlsx},
    numbering=Text("月报", "Monthly report"),
)
