"""Makes the documents of special funds: read in one unit of work, rendered after it has ended.

An allocation's and a disbursement's are read as the item is: only by who may, and on record where reading is. The
execution report shows what its reader sees of the fund.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from app.core.errors import NotFoundError
from app.edge.context import Context
from app.edge.fund.reading import require_sight, require_viewer
from app.edge.paperwork.frozen.demand import Printed, print_frozen
from app.edge.paperwork.fund import make_setting, name_allocation_state
from app.edge.paperwork.kind import MEDIA_TYPES, Ask
from app.edge.reading import log_reading, read_item
from app.edge.reporting import render_pdf
from app.queries.fund.overview import find_fund
from app.queries.fund.paper import read_allocation_paper, read_execution_paper, read_order_paper
from reports.fund.allocation import build_allocation_pdf
from reports.fund.allocation_docx import build_allocation_docx
from reports.fund.execution import build_execution_pdf
from reports.fund.execution_docx import build_execution_docx
from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.inputs import AllocationPaper, ExecutionPaper, OrderPaper
from reports.fund.order import build_order_pdf
from reports.fund.order_docx import build_order_docx
from reports.wording import Lang

PaperEnding = Literal["pdf", "docx", "xlsx"]
T = TypeVar("T")
_Builders = Mapping[PaperEnding, Callable[[T, Lang], bytes]]  # of the document that they take
_ALLOCATION: _Builders[AllocationPaper] = {"pdf": build_allocation_pdf, "docx": build_allocation_docx}
_ORDER: _Builders[OrderPaper] = {"pdf": build_order_pdf, "docx": build_order_docx}
_EXECUTION: _Builders[ExecutionPaper] = {
    "pdf": build_execution_pdf,
    "docx": build_execution_docx,
    "xlsx": build_execution_xlsx,
}


@dataclass(frozen=True, slots=True)
class FundDocument:
    """A rendered document, a plain name for its file, its media type."""

    content: bytes
    file_name: str
    media_type: str


def print_allocation(
    context: Context, person_id: int, item_id: int, ending: str, lang: Lang, *, source: str
) -> FundDocument:
    """Return the allocation document; ConflictError before it is allocated, NotFoundError for any other ending."""
    _require_ending(ending, _ALLOCATION)
    with context.database.reading() as unit:
        reading = read_item(context, unit, person_id, item_id, children_max=0)
        if reading.item.row.kind != "allocation":
            raise NotFoundError
        setting = make_setting(context)
        paper = read_allocation_paper(unit.connection(), setting, reading.actor.readers, item_id)
    log_reading(context, reading, source=source)
    printed = print_frozen(context, reading.actor, "allocation", Ask(item_id), ending, lang)
    return _render(paper, _ALLOCATION, ending, lang, f"allocation-{item_id}", printed)


def print_order(
    context: Context, person_id: int, item_id: int, ending: str, lang: Lang, *, source: str
) -> FundDocument:
    """Return the disbursement order; ConflictError unless it is checked or was paid."""
    _require_ending(ending, _ORDER)
    with context.database.reading() as unit:
        reading = read_item(context, unit, person_id, item_id, children_max=0)
        if reading.item.row.kind != "disbursement":
            raise NotFoundError
        paper = read_order_paper(unit.connection(), make_setting(context), reading.actor.readers, item_id)
    log_reading(context, reading, source=source)
    printed = print_frozen(context, reading.actor, "order", Ask(item_id), ending, lang)
    return _render(paper, _ORDER, ending, lang, f"order-{item_id}", printed)


def print_execution(context: Context, person_id: int, fund_id: int, year: int, ending: str, lang: Lang) -> FundDocument:
    """Return a fund's execution report of a year, as far as the person sees into the fund.

    ForbiddenError for whoever sees no fund; NotFoundError without the fund.
    """
    _require_ending(ending, _EXECUTION)
    with context.database.reading() as unit:
        actor, connection = require_viewer(unit, person_id), unit.connection()
        fund = find_fund(connection, fund_id, year)
        sight = require_sight(actor, fund.department_id)
        paper = read_execution_paper(
            connection, make_setting(context), sight, fund, context.now(),
            lambda version, state: name_allocation_state(context, unit, version, state),
        )  # fmt: skip
    return _render(paper, _EXECUTION, ending, lang, f"execution-{fund_id}-{year}")


def _require_ending(ending: str, builders: _Builders[T]) -> None:
    if ending not in builders:
        raise NotFoundError


def _render(
    paper: T, builders: _Builders[T], ending: str, lang: Lang, stem: str, printed: Printed | None = None
) -> FundDocument:  # fmt: skip
    kind: PaperEnding = next(one for one in builders if one == ending)
    content = None if printed is None else printed.content
    if content is None:
        build: Callable[..., bytes] = builders[kind]
        marks = {"state": printed.name_state(lang)} if printed is not None and printed.is_extract else {}
        content = render_pdf(lambda: build(paper, lang, **marks))
    return FundDocument(content, f"{stem}-{lang}.{kind}", MEDIA_TYPES[kind])
