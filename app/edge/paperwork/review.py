"""The year's review 年度总结."""

from datetime import date

from app.edge.context import Context, Unit
from app.edge.paperwork.asking import draw_all, make_issuer, read_year, require_whole, whole_readers
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.paper.review import read_review
from app.queries.paper.work import make_span
from app.queries.progress import find_first_day_of_data
from reports.city.review import build_review_docx, build_review_pdf, build_review_xlsx
from reports.wording import Lang, Text


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    connection = unit.connection()
    span, issuer = read_year(context, unit, ask), make_issuer(context, unit)
    last_year = span.first_on.year - 1
    known_on = find_first_day_of_data(connection)
    before = None
    if known_on is not None and known_on.year <= last_year:
        before = make_span(issuer.calendar, date(last_year, 1, 1), date(last_year, 12, 31), context.now())
    paper = read_review(connection, issuer, whole_readers(actor), span, before)
    rules = context.book.current_rule_set(connection, span.as_of_on)
    return Filled(paper, paper.made_at, rules, f"review-{ask.period}")


REVIEW = PaperKind(
    name="review",
    label=Text("年度总结", "Review of the year"),
    scope="city",
    period="year",
    template=1,
    allow=require_whole,
    fill=_fill,
    draw=draw_all(pdf=build_review_pdf, docx=build_review_docx, xlsx=build_review_xlsx),
    numbering=Text("年报", "Review"),
)
