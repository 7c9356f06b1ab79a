"""A supervision slip as a kind of paper: issued by its workflow, frozen as it was issued."""

from app.edge.context import Context, Unit
from app.edge.paperwork.asking import find_items, make_issuer, require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.policy.people import Actor
from app.queries.paperwork.waiting import ONLY, list_slips
from app.queries.slip_paper import read_slip_paper
from reports.slip import NAMES, build
from reports.wording import Lang, Text, say


def _fill(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    slip_id = require_item(ask)
    paper = read_slip_paper(unit.connection(), make_issuer(context, unit), actor.readers, slip_id)
    name, matter = NAMES[paper.level], paper.matter
    title = Text(f"{name.zh}：{say(matter, 'zh')}", f"{name.en}: {say(matter, 'en')}")
    return Filled(
        paper, paper.made_at, None, f"slip-{slip_id}", paper.number or "", "" if paper.is_draft else ONLY,
        paper.made_at, title=title,
    )  # fmt: skip


SLIP = PaperKind(
    name="slip",
    label=Text("督办单", "Supervision notice"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill,
    draw={"pdf": build},
    items=("slip",),
    find_waiting=find_items(list_slips),
)
