"""Special funds as files: the ledger of a fund's year, the list of allocations; XLSX or CSV with real numbers."""

from flask import Blueprint, Response

from app.api.body import read_query
from app.api.fund.keeping import FUND
from app.api.fund.reading import make_filter
from app.core.errors import NotFoundError
from app.edge.attachment import name_download
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.fund.exporting import MoneyFile, export_allocations, export_ledger
from app.edge.locale import pick_language
from app.ledger.table_file import MEDIA_TYPES, Ending
from app.schemas.fund.ledger import LedgerExportQuerySchema
from app.schemas.fund.money_item import AllocationFilterSchema
from reports.wording import Lang

api = Blueprint("api_fund_export", __name__)


@api.get(f"{FUND}/ledger.<ending>")
def send_ledger(fund_id: int, ending: str) -> Response:
    """Send the ledger of a fund's year as a file, as far as the caller sees it."""
    kind, context = _read_ending(ending), current_context()
    given = read_query(LedgerExportQuerySchema)
    year = given["year"] or context.today().year
    file = export_ledger(context, caller_id(), fund_id, year, make_filter(given), kind, _pick(), source="api")
    return _send(file, kind)


@api.get("/allocations/export.<ending>")
def send_allocations(ending: str) -> Response:
    """Send the list of allocations that the caller may read as a file."""
    kind = _read_ending(ending)
    given = read_query(AllocationFilterSchema)
    return _send(export_allocations(current_context(), caller_id(), given, kind, _pick(), source="api"), kind)


def _read_ending(ending: str) -> Ending:
    if ending == "xlsx":
        return "xlsx"
    if ending == "csv":
        return "csv"
    raise NotFoundError


def _pick() -> Lang:
    return "en" if pick_language() == "en" else "zh"


def _send(file: MoneyFile, ending: Ending) -> Response:
    headers = {"Content-Disposition": name_download(file.name), "Cache-Control": "no-store"}
    return Response(file.content, content_type=MEDIA_TYPES[ending], headers=headers)
