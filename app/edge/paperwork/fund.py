"""Documents of special funds as kinds of papers: allocation 下达文件, disbursement order 拨付单, execution report."""

import re

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.edge.context import Context, Unit
from app.edge.fund.reading import require_sight
from app.edge.label import label_state
from app.edge.paperwork.asking import draw_all, find_items, require_item, require_post
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.edge.reporting import OFFICE
from app.policy.people import Actor
from app.queries.fund.overview import find_fund
from app.queries.fund.paper import PaperSetting, read_allocation_paper, read_execution_paper, read_order_paper
from app.queries.paperwork.issued import find_projects_above
from app.queries.paperwork.state import find_order_edition, read_order_step
from app.queries.paperwork.waiting import ONLY, list_allocations, list_orders
from reports.fund.allocation import build_allocation_pdf
from reports.fund.allocation_docx import build_allocation_docx
from reports.fund.execution import build_execution_pdf
from reports.fund.execution_docx import build_execution_docx
from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.order import build_order_pdf
from reports.fund.order_docx import build_order_docx
from reports.wording import Lang, Text, Words, say

_YEAR = re.compile(r"20\d\d", re.ASCII)
_NO_YEAR = Sentence("请选择年度，如2026。", "Choose a year, such as 2026.")


def make_setting(context: Context) -> PaperSetting:
    """Return in which city and zone the documents are made."""
    settings = context.settings
    return PaperSetting(Text(settings.city_zh, settings.city_en), OFFICE, settings.timezone)


def name_allocation_state(context: Context, unit: Unit, version: int, state: str) -> Text:
    """Return the words for a state of an allocation."""
    label = label_state(unit, context.book, "allocation", version, state)
    return Text(label.zh, label.en)


def _fill_allocation(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    item_id, connection = require_item(ask), unit.connection()
    paper = read_allocation_paper(connection, make_setting(context), actor.readers, item_id)
    return Filled(
        paper, paper.made_at, None, f"allocation-{item_id}", paper.number, ONLY, paper.made_at,
        find_projects_above(connection, item_id), issuer=_both(paper.issuer),
    )  # fmt: skip


def _fill_order(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    item_id, connection = require_item(ask), unit.connection()
    paper = read_order_paper(connection, make_setting(context), actor.readers, item_id)
    edition = find_order_edition(connection, item_id)
    return Filled(
        paper, paper.made_at, None, f"order-{item_id}", paper.number, edition, paper.made_at,
        find_projects_above(connection, item_id), issuer=_both(paper.issuer), step=read_order_step(edition),
    )  # fmt: skip


def _fill_execution(context: Context, unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
    if ask.scope_id is None:
        raise NotFoundError
    if not _YEAR.fullmatch(ask.period or ""):
        raise InvalidError([Fault("period", _NO_YEAR)])
    fund = find_fund(unit.connection(), ask.scope_id, int(ask.period or 0))
    paper = read_execution_paper(
        unit.connection(), make_setting(context), require_sight(actor, fund.department_id), fund, context.now(),
        lambda version, state: name_allocation_state(context, unit, version, state),
    )  # fmt: skip
    name = _both(paper.fund)
    title = Text(
        f"{name.zh}{paper.year}年度执行情况", f"Execution of the {name.en}, {paper.year}"
    )  # fmt: skip
    return Filled(
        paper, paper.made_at, None, f"execution-{fund.id}-{paper.year}", title=title, issuer=_both(paper.issuer)
    )  # fmt: skip


def _both(words: Words) -> Text:
    return Text(say(words, "zh"), say(words, "en"))


ALLOCATION = PaperKind(
    name="allocation",
    label=Text("资金下达文件", "Allocation document"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill_allocation,
    draw=draw_all(pdf=build_allocation_pdf, docx=build_allocation_docx),
    items=("allocation",),
    find_waiting=find_items(list_allocations),
)
ORDER = PaperKind(
    name="order",
    label=Text("资金拨付单", "Disbursement order"),
    scope="item",
    period="none",
    template=1,
    allow=require_post,
    fill=_fill_order,
    draw=draw_all(pdf=build_order_pdf, docx=build_order_docx),
    items=("disbursement",),
    find_waiting=find_items(list_orders),
)
EXECUTION = PaperKind(
    name="execution",
    label=Text("专项资金执行情况表", "Fund execution report"),
    scope="fund",
    period="year",
    template=1,
    allow=require_post,
    fill=_fill_execution,
    draw=draw_all(pdf=build_execution_pdf, docx=build_execution_docx, xlsx=build_execution_xlsx),
    numbering=Text("资执", "Fund execution"),
)
