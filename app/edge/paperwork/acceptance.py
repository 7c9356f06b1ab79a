"""The acceptance certificate 验收证书 of a project."""

from app.edge.context import Context, Unit
from app.edge.paperwork.asking import draw_all, find_items, make_issuer, require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.item_detail import find_item
from app.queries.paper.acceptance import read_acceptance
from app.queries.paperwork.waiting import ONLY, list_acceptances
from reports.project.letters import build_acceptance_docx, build_acceptance_pdf
from reports.wording import Lang, Text


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    connection, item_id = unit.connection(), require_item(ask)
    item = find_item(connection, actor.readers, item_id, context.today(), children_max=0)
    paper, accepted_at, told = read_acceptance(connection, make_issuer(context, unit), actor.readers, item)
    return Filled(
        paper, paper.made_at, None, f"acceptance-{item_id}", edition=ONLY, issued_at=accepted_at, tells_of=told,
    )  # fmt: skip


ACCEPTANCE = PaperKind(
    name="acceptance",
    label=Text("验收证书", "Certificate of acceptance"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill,
    draw=draw_all(pdf=build_acceptance_pdf, docx=build_acceptance_docx),
    items=("project",),
    numbering=Text("验", "Acceptance"),
    find_waiting=find_items(list_acceptances),
)
