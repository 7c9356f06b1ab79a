"""The report of one project 项目进展报告, as of now, with what changed within a month."""

from datetime import date

from app.edge.context import Context, Unit
from app.edge.label import label_state
from app.edge.paperwork.asking import draw_all, make_issuer, require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.item_detail import find_item
from app.queries.paper.project_report import Frame, read_project_report
from reports.project.report import build_project_docx, build_project_pdf
from reports.wording import Lang, Text

_LAST_SAFE_DAY = 28


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    connection, item_id, today = unit.connection(), require_item(ask), context.today()
    item = find_item(connection, actor.readers, item_id, today, children_max=0)

    def name_state(kind: str, version: int, state: str) -> Text:
        label = label_state(unit, context.book, kind, version, state)
        return Text(label.zh, label.en)

    frame = Frame(make_issuer(context, unit), actor.readers, context.now(), find_month_before(today), name_state)
    paper = read_project_report(connection, frame, item)
    rules = context.book.current_rule_set(connection, today)
    return Filled(paper, paper.made_at, rules, f"project-{item_id}-{today.isoformat()}")


def find_month_before(day: date) -> date:
    """Return the same day of the month before; the 28th where that month is shorter."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    try:
        return day.replace(year=year, month=month)
    except ValueError:
        return date(year, month, _LAST_SAFE_DAY)


PROJECT_REPORT = PaperKind(
    name="project_report",
    label=Text("项目进展报告", "Project report"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill,
    draw=draw_all(pdf=build_project_pdf, docx=build_project_docx),
    items=("project",),
)
