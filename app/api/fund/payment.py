"""Payment orders go out to a bank as a file, and its paid list comes in: each line that matches is paid once."""

import hashlib
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.edge.attachment import name_download
from app.edge.auth import caller_id
from app.edge.batch import read_upload, widen_request
from app.edge.context import current_context
from app.edge.fund.paying import (
    PaidResult,
    export_orders,
    import_paid_list,
    list_payable,
    read_paid_file,
    require_payer,
)
from app.edge.locale import pick_language
from app.ledger.table_file import MEDIA_TYPES
from app.schemas.fund.payment import OrderExportSchema, OrderPageSchema, PaidListQuerySchema, PaidListSchema
from app.schemas.paging import LanguageQuerySchema
from reports.wording import Lang

api = Blueprint("api_payment", __name__)


@api.get("/payments/orders")
def list_all() -> dict[str, Any]:
    """List the orders to be paid from funds that the caller keeps."""
    read_query(LanguageQuerySchema)
    return dump(OrderPageSchema, {"items": list_payable(current_context(), caller_id()), "next_cursor": None})


@api.post("/payments/orders")
def send_orders() -> Response:
    """Send the orders to be paid as a file for the bank or the treasury; who exported them is on record."""
    given = read_body(OrderExportSchema)
    lang: Lang = "en" if pick_language() == "en" else "zh"
    file = export_orders(current_context(), caller_id(), given["items"], given["format"], lang, source="api")
    headers = {"Content-Disposition": name_download(file.name), "Cache-Control": "no-store"}
    return Response(file.content, content_type=MEDIA_TYPES[given["format"]], headers=headers)


@api.post("/payments/paid-list")
def take_paid_list() -> dict[str, Any]:
    """Read a paid list (CSV or XLSX) and pay what matches; `dry_run` says what would be paid. Nothing twice."""
    given, context = read_query(PaidListQuerySchema), current_context()
    with context.database.reading() as unit:
        require_payer(unit, caller_id())
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    widen_request()
    name, data = read_upload()
    result = import_paid_list(
        context, caller_id(), read_paid_file(name, data), hashlib.sha256(data).hexdigest(),
        is_dry_run=given["dry_run"], is_confirmed=given["confirm"], source="api",
    )  # fmt: skip
    return dump(PaidListSchema, _show(result))


def _show(result: PaidResult) -> dict[str, Any]:
    items = [
        {
            "row": one.line.number, "order_number": one.line.order, "amount": one.line.amount_fen,
            "voucher": one.line.voucher, "paid_on": one.line.paid_on, "outcome": one.outcome, "said": one.said,
            "item_id": None if one.order is None else one.order.item_id,
        }
        for one in result.lines
    ]  # fmt: skip
    return {
        "dry_run": result.is_dry_run, "sha256": result.sha256, "lines": len(items), "matched": result.matched,
        "left": len(items) - result.matched, "items": items,
        "posted": [{"currency": currency, "amount": fen} for currency, fen in result.posted.items()],
    }  # fmt: skip
