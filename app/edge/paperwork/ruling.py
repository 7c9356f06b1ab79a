"""The ruling 协调裁定书 on a dispute about whose task it is."""

from datetime import date

from app.edge.context import Context, Unit
from app.edge.paperwork.asking import draw_all, find_items, make_issuer, require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.paper.ruling import read_ruling
from app.queries.paperwork.waiting import ONLY, list_rulings
from reports.project.letters import build_ruling_docx, build_ruling_pdf
from reports.wording import Lang, Text
from workflows.machine import Cause


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    connection, item_id = unit.connection(), require_item(ask)
    book, issuer = context.book, make_issuer(context, unit)

    def find_limit(ruled_on: date) -> int:
        ladder = book.rules(connection, book.current_rule_set(connection, ruled_on)).ladders[("task", Cause.RECEIPT)]
        return ladder.limit.count if ladder.limit is not None else 0

    paper, ruled_at, told = read_ruling(connection, issuer, actor.readers, item_id, find_limit)
    rules = book.current_rule_set(connection, issuer.calendar.local_date(ruled_at))
    return Filled(
        paper, paper.made_at, rules, f"ruling-{item_id}", edition=ONLY, issued_at=ruled_at,
        tells_of=told,
    )  # fmt: skip


RULING = PaperKind(
    name="ruling",
    label=Text("协调裁定书", "Ruling on a dispute"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill,
    draw=draw_all(pdf=build_ruling_pdf, docx=build_ruling_docx),
    items=("request",),
    numbering=Text("裁", "Ruling"),
    find_waiting=find_items(list_rulings),
)
