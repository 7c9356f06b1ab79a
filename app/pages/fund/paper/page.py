"""The documents of special funds as files: allocation document, disbursement order, execution report."""

from flask import Blueprint, Response, request
from flask_login import current_user

from app.edge.context import current_context
from app.edge.fund.printing import FundDocument, print_allocation, print_execution, print_order
from app.pages.fund.page import FUND, read_year
from app.pages.words import current_lang
from reports.wording import Lang

pages = Blueprint("fund_paper", __name__)
_BIG = "int(max=9223372036854775807)"


@pages.get(f"/allocations/<{_BIG}:item_id>/document.<ending>")
def show_allocation(item_id: int, ending: str) -> Response:
    """Send the document of an allocation, in the visitor's language unless the address names one."""
    return _send(
        print_allocation(current_context(), current_user.person_id, item_id, ending, _read_lang(), source="page")
    )  # fmt: skip


@pages.get(f"/disbursements/<{_BIG}:item_id>/order.<ending>")
def show_order(item_id: int, ending: str) -> Response:
    """Send the order of a disbursement."""
    return _send(print_order(current_context(), current_user.person_id, item_id, ending, _read_lang(), source="page"))


@pages.get(f"{FUND}/execution.<ending>")
def show_execution(fund_id: int, ending: str) -> Response:
    """Send the execution report of a fund's year."""
    context = current_context()
    return _send(
        print_execution(context, current_user.person_id, fund_id, read_year(context), ending, _read_lang())
    )  # fmt: skip


def _read_lang() -> Lang:
    wanted = request.args.get("lang")
    if wanted == "zh":
        return "zh"
    return "en" if wanted == "en" else current_lang()


def _send(document: FundDocument) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{document.file_name}"', "Cache-Control": "private, no-store",
    }  # fmt: skip
    return Response(document.content, mimetype=document.media_type, headers=headers)
