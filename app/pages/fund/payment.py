"""Payment orders for the bank or the treasury, and the paid list that comes back: looked at first, then posted."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import current_user

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import NAME_MAX, clean
from app.edge.attachment import name_download
from app.edge.auth import require_actor
from app.edge.batch import read_upload, widen_request
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.fund.paying import PaidResult, export_orders, import_paid_list, list_payable, read_paid_file
from app.ledger.paid_list import PAID_MAX, LineFault, PaidLine
from app.ledger.table_file import MEDIA_TYPES, Ending
from app.pages.fund.figures import name_fund, name_unit
from app.pages.items.form import read_number
from app.pages.show import say
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.fund.order import ORDERS_MAX
from app.services.fund.paid_list import Order
from reports.wording import Lang

pages = Blueprint("fund_payment", __name__)
_STRANGER_MAX = 64 * 1024
_DAY_MAX = 10
_BROKEN = Sentence("预览内容不完整，请重新上传文件。", "The preview is not whole: upload the file again.")
#: Outcomes that somebody should look into; the others are as they should be.
_FINE = ("ready", "paid", "paid_before")


@pages.before_request
def limit() -> None:
    """Bound the body before the token against forgery is looked for in it; a stranger sends next to nothing."""
    if current_user.is_authenticated:
        widen_request()
    else:
        request.max_content_length = _STRANGER_MAX


@pages.get("/funds/payments")
def show() -> str:
    """Show the orders that wait to be paid, and the form for a paid list."""
    return _render()


@pages.post("/funds/payments/orders")
def send_orders() -> Response | tuple[str, int]:
    """Send the chosen orders as a file."""
    chosen = [number for text in request.form.getlist("item") if (number := read_number(text)) is not None]
    if not chosen:
        said = Sentence("请至少选择一笔支付令。", "Choose at least one order.")
        return _render(InvalidError([Fault("item", said)])), 422
    ending: Ending = "csv" if request.form.get("format") == "csv" else "xlsx"
    lang: Lang = "en" if current_lang() == "en" else "zh"
    context = current_context()
    try:
        file = export_orders(context, current_user.person_id, chosen[:ORDERS_MAX], ending, lang, source="page")
    except InvalidError as error:
        return _render(error), answer_for(error).status
    headers = {"Content-Disposition": name_download(file.name), "Cache-Control": "no-store"}
    return Response(file.content, content_type=MEDIA_TYPES[ending], headers=headers)


@pages.post("/funds/payments/preview")
def preview() -> str | tuple[str, int]:
    """Show what would become of each line of a list; nothing is posted."""
    list_payable(current_context(), current_user.person_id)  # nothing is read for who pays nothing
    try:
        name, data = read_upload()
        lines, sha256 = read_paid_file(name, data), hashlib.sha256(data).hexdigest()
    except InvalidError as error:
        return _render(error), answer_for(error).status
    return _show_result(lines, sha256, name, is_dry_run=True)


@pages.post("/funds/payments/paid-list")
def post() -> str | tuple[str, int]:
    """Post what matches of a list that was looked at; sent again it posts nothing twice."""
    sha256, name = request.form.get("sha256", "")[:64], clean(request.form.get("file", ""))[:NAME_MAX]
    try:
        lines = _unpack(request.form.get("lines", ""))
    except InvalidError as error:
        return _render(error), answer_for(error).status
    # "Look again" with the box ticked: the same lines judged anew.
    return _show_result(lines, sha256, name, is_dry_run=request.form.get("do") == "check")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line for reading."""

    row: int
    order: str
    address: str
    amount_fen: int | None
    voucher: str
    paid_on: date | None
    payee: str
    label: str
    said: str
    is_fine: bool
    is_posted: bool


def _show_result(lines: tuple[PaidLine, ...], sha256: str, name: str, *, is_dry_run: bool) -> str:
    context, is_confirmed = current_context(), request.form.get("confirm") == "1"
    result = import_paid_list(
        context, current_user.person_id, lines, sha256, is_dry_run=is_dry_run, is_confirmed=is_confirmed,
        source="page",
    )  # fmt: skip
    if not is_dry_run:
        told = ngettext("已入账%(num)s笔。", "已入账%(num)s笔。", result.matched)
        flash(told, "done" if result.matched else "refused")
    return render_template(
        "fund/paid_list.html", here="funds", name=name, sha256=sha256, packed=_pack(lines), result=result,
        lines=_view(result), is_confirmed=is_confirmed,
        totals=[(fen, name_unit(currency)) for currency, fen in result.posted.items()],
        asks_unit=is_dry_run and (is_confirmed or result.counts["unit_unconfirmed"] > 0),
    )  # fmt: skip


def _name_outcome(outcome: str) -> str:
    return {
        "ready": _("可以入账"), "paid": _("已入账"), "paid_before": _("此前已入账"), "paid_otherwise": _("凭证号不同"),
        "unmatched": _("没有对应的支付令"), "double": _("重复"), "amount_differs": _("金额不符"),
        "unit_unconfirmed": _("金额差万倍"), "account_differs": _("账号不符"), "not_made": _("未支付成功"),
        "faulty": _("内容有误"), "not_waiting": _("不待支付"), "refused": _("不能入账"),
    }[outcome]  # fmt: skip


def _view(result: PaidResult) -> list[_Line]:
    rows = []
    for one in result.lines:
        line, order = one.line, one.order
        rows.append(
            _Line(
                line.number, line.order or "", url_for("item.show_item", item_id=order.item_id) if order else "",
                line.amount_fen, line.voucher or "", line.paid_on, _name_payee(order) if order else "",
                _name_outcome(one.outcome), say(one.said), one.outcome in _FINE, one.outcome in ("ready", "paid"),
            )
        )  # fmt: skip
    # What needs a look stands first, in the order of the file.
    return sorted(rows, key=lambda row: row.is_fine)


def _name_payee(row: Order) -> str:
    return row.payee_en if current_lang() == "en" and row.payee_en else row.payee


def _render(error: InvalidError | None = None) -> str:
    context = current_context()
    rows = list_payable(context, current_user.person_id)
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
    shown = [
        (row, url_for("item.show_item", item_id=row.item_id), _name_payee(row), name_unit(row.currency),
         name_fund(row.fund_name, row.fund_name_en))
        for row in rows
    ]  # fmt: skip
    faults = [] if error is None else [(fault.field, say(fault.sentence)) for fault in error.faults]
    return render_template(
        "fund/payments.html", here="funds", rows=shown, is_full=len(rows) == ORDERS_MAX, orders_max=ORDERS_MAX,
        paid_max=PAID_MAX, faults=faults, sentences=dict(faults),
    )  # fmt: skip


def _pack(lines: tuple[PaidLine, ...]) -> str:
    """Return the lines as a text that the next form sends back."""
    return json.dumps([
        [one.number, one.order, one.amount_fen, one.voucher, one.paid_on.isoformat() if one.paid_on else None,
         one.account, one.is_made, one.status, [[fault.field, fault.zh, fault.en] for fault in one.faults]]
        for one in lines
    ], ensure_ascii=False, separators=(",", ":"))  # fmt: skip


def _unpack(text: str) -> tuple[PaidLine, ...]:
    """Return the lines of such a text; InvalidError for anything else: only what was shown is posted."""
    try:
        rows = json.loads(text)
        found = tuple(_read_line(row) for row in rows)
    except (ValueError, TypeError, RecursionError):
        raise InvalidError([Fault("file", _BROKEN)]) from None
    if not 0 < len(found) <= PAID_MAX:
        raise InvalidError([Fault("file", _BROKEN)])
    return found


def _read_line(row: Any) -> PaidLine:  # noqa: ANN401  # JSON of any shape
    number, order, fen, voucher, day, account, is_made, status, faults = row
    texts = [order, voucher, account, status]
    if not all(one is None or (isinstance(one, str) and 0 < len(one) <= NAME_MAX) for one in texts):
        raise ValueError(texts)
    if type(number) is not int or type(is_made) is not bool or (fen is not None and type(fen) is not int):
        raise ValueError(row)
    told = tuple(LineFault(*map(str, fault)) for fault in faults)
    if not told and (order is None or voucher is None or fen is None or fen <= 0):
        raise ValueError(row)
    paid_on = None if day is None else date.fromisoformat(str(day)[:_DAY_MAX])
    return PaidLine(number, order, fen, voucher, paid_on, account, is_made, status, told)
