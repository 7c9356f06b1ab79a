"""The department bulletin 通报 of a month, with its ranking."""

from app.edge.context import Context, Unit
from app.edge.paperwork.asking import draw_all, make_issuer, read_month, require_whole, whole_readers
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.paper.bulletin import read_bulletin
from reports.city.bulletin import build_bulletin_docx, build_bulletin_pdf, build_bulletin_xlsx
from reports.wording import Lang, Text


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    connection = unit.connection()
    span = read_month(context, unit, ask)
    # Under a cut-off a month that runs may not have reached its own first day: it is named as it was asked for.
    year, _, month = (ask.period or "").partition("-")
    paper = read_bulletin(
        connection, make_issuer(context, unit), whole_readers(actor), span, (int(year), int(month)), context.today()
    )
    rules = context.book.current_rule_set(connection, span.as_of_on)
    return Filled(paper, paper.made_at, rules, f"bulletin-{ask.period}")


BULLETIN = PaperKind(
    name="bulletin",
    label=Text("按期办结情况通报", "Bulletin on work finished in time"),
    scope="city",
    period="month",
    template=1,
    allow=require_whole,
    fill=_fill,
    draw=draw_all(pdf=build_bulletin_pdf, docx=build_bulletin_docx, xlsx=build_bulletin_xlsx),
    numbering=Text("通报", "Bulletin"),
)
