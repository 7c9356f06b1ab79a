"""The documents of special funds as files: allocation document, disbursement order, execution report of a fund's year.

Whoever may read an allocation or a disbursement may have its document; the execution report shows what of the fund
its reader sees.
"""

from flask import Blueprint, Response

from app.api.body import read_query
from app.api.fund.keeping import FUND
from app.edge.attachment import name_download
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.fund.printing import FundDocument, print_allocation, print_execution, print_order
from app.edge.locale import pick_language
from app.schemas.fund.reading import FundYearQuerySchema
from app.schemas.paging import LanguageQuerySchema
from reports.wording import Lang

api = Blueprint("api_fund_paper", __name__)
_BIG = "int(max=9223372036854775807)"


@api.get(f"/allocations/<{_BIG}:item_id>/document.<ending>")
def send_allocation(item_id: int, ending: str) -> Response:
    """Send the document of an allocation that was allocated, as PDF or DOCX."""
    read_query(LanguageQuerySchema)
    return _send(print_allocation(current_context(), caller_id(), item_id, ending, _pick(), source="api"))


@api.get(f"/disbursements/<{_BIG}:item_id>/order.<ending>")
def send_order(item_id: int, ending: str) -> Response:
    """Send the order of a disbursement that was checked or paid, as PDF or DOCX."""
    read_query(LanguageQuerySchema)
    return _send(print_order(current_context(), caller_id(), item_id, ending, _pick(), source="api"))


@api.get(f"{FUND}/execution.<ending>")
def send_execution(fund_id: int, ending: str) -> Response:
    """Send the execution report of a fund's year, this one when left out, as PDF, DOCX or XLSX."""
    context = current_context()
    year = read_query(FundYearQuerySchema)["year"] or context.today().year
    return _send(print_execution(context, caller_id(), fund_id, year, ending, _pick()))


def _pick() -> Lang:
    return "en" if pick_language() == "en" else "zh"


def _send(document: FundDocument) -> Response:
    headers = {"Content-Disposition": name_download(document.file_name), "Cache-Control": "no-store"}
    return Response(document.content, content_type=document.media_type, headers=headers)
