"""Payment orders out to a bank and the paid list back in, for pages and API.

Each line that matches takes the step `pay` as the person who imports, through the one way there is, so that every
guard holds. A dry run takes the very same step and takes it back, so that it promises nothing that a run would refuse.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import DomainError, Fault, ForbiddenError, InvalidError, Sentence
from app.core.money import to_decimal_string
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.fund.table import Heads, write_money_table
from app.ledger.paid_list import PaidLine, read_paid_list
from app.ledger.sheet import UnreadableError
from app.ledger.table_file import Cell, Ending
from app.policy.fund import find_keeper
from app.policy.people import Actor
from app.queries.fund.order import OrderRow, find_orders, list_orders
from app.services.fund.paid_list import JudgedLine, judge_lines, tell_paid
from app.services.recording import Acting, write_audit
from app.services.transitions import Request, perform
from reports.wording import Lang
from workflows.words import Text

_KEEPERS_ONLY = Sentence(
    "支付令由资金主管部门的财务人员或负责人导出和导入。",
    "For the finance staff or the head of a department that manages funds.",
)
_UNKNOWN = Sentence("没有这笔待支付的拨付，或不由您支付。", "No such order to be paid, or not for you to pay.")


@dataclass(frozen=True, slots=True)
class PaidResult:
    """What became of a paid list, line by line; `sha256` is the file's."""

    is_dry_run: bool
    sha256: str
    lines: tuple[JudgedLine, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many lines came to each outcome."""
        return Counter(line.outcome for line in self.lines)

    @property
    def matched(self) -> int:
        """How many lines were posted just now, or would be."""
        return self.counts["ready"] + self.counts["paid"]

    @property
    def posted(self) -> dict[str, int]:
        """What was posted just now, or would be, in fen by currency."""
        found: Counter[str] = Counter()
        for line in self.lines:
            if line.order is not None and line.outcome in ("ready", "paid"):
                found[line.order.currency] += line.order.amount_fen
        return dict(sorted(found.items()))


class _TakenBack(Exception):  # noqa: N818  # no error: it ends a dry run
    """Rolls a dry run back."""


def require_payer(unit: Unit, person_id: int) -> tuple[Actor, list[int]]:
    """Return the caller and the departments whose funds they keep; ForbiddenError when they could keep none."""
    actor = require_actor(unit, person_id)
    departments = sorted({
        one.department_id for one in actor.general if find_keeper(actor, one.department_id) is not None
    })  # fmt: skip
    if not departments:
        raise ForbiddenError("fund_keepers_only", _KEEPERS_ONLY)
    return actor, departments


def list_payable(context: Context, person_id: int) -> tuple[OrderRow, ...]:
    """Return the orders that wait to be paid from funds that the person keeps, the oldest first."""
    with context.database.reading() as unit:
        actor, departments = require_payer(unit, person_id)
        return list_orders(unit.connection(), actor.readers, departments)


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file of payment orders to hand out."""

    name: str
    content: bytes
    rows: int


def export_orders(
    context: Context, person_id: int, item_ids: Sequence[int] | None, ending: Ending, lang: Lang, *, source: str
) -> OrderFile:
    """Return the orders to be paid as a file, all of them or those named; who exported how many is on record.

    InvalidError for an item that is no order to be paid, or not for the caller.
    """
    now = context.now()
    with context.database.reading() as unit:
        actor, departments = require_payer(unit, person_id)
        rows = list_orders(unit.connection(), actor.readers, departments, item_ids=item_ids)
    if item_ids is not None:
        known = {row.item_id for row in rows}
        faults = [Fault(f"items[{place}]", _UNKNOWN) for place, one in enumerate(item_ids, 1) if one not in known]
        if faults:
            raise InvalidError(faults)
    content = write_orders(rows, ending, lang, now.astimezone(context.settings.timezone), actor.name)
    capacity = find_keeper(actor, departments[0])
    acting = Acting(person_id, capacity.duty.value if capacity else "self", capacity)
    after = {"rows": len(rows), "format": ending, "sha256": hashlib.sha256(content).hexdigest()}
    context.database.write(
        lambda unit: write_audit(unit.connection(), acting, now, action="export_payment_orders", source=source,
                                 after=after)
    )  # fmt: skip
    stem = "payment-orders" if lang == "en" else "支付令"
    return OrderFile(f"{stem}-{now.astimezone(context.settings.timezone):%Y%m%d-%H%M}.{ending}", content, len(rows))


_HEADS = Heads((
    Text("支付令号", "Order number"), Text("收款单位", "Payee"), Text("收款账号", "Payee's account"),
    Text("开户银行", "Bank"), Text("金额", "Amount"), Text("用途", "Purpose"), Text("合同或任务", "Contract or task"),
    Text("资金", "Fund"), Text("下达文号", "Allocation number"), Text("期次", "Instalment"),
), amounts=frozenset({4}))  # fmt: skip


def write_orders(rows: Sequence[OrderRow], ending: Ending, lang: Lang, made_at: datetime, by: str) -> bytes:
    """Return the orders as XLSX or CSV: amounts as numbers, texts that no spreadsheet runs."""
    records: list[tuple[list[Cell], str]] = []
    for row in rows:
        payee = row.payee_en if lang == "en" and row.payee_en else row.payee
        fund = row.fund_name_en if lang == "en" and row.fund_name_en else row.fund_name
        cells: list[Cell] = [
            row.order_number, payee, row.account, row.bank, row.amount_fen, row.purpose, row.contract, fund,
            row.allocation_number, row.tranche_seq,
        ]  # fmt: skip
        records.append((cells, row.currency))
    title = Text("支付令", "Payment orders")
    about = (
        (Text("内容", "what"), Text("待支付的拨付", "disbursements that wait to be paid")),
        (Text("导出人", "exported by"), Text(by, by)),
    )
    return write_money_table(_HEADS, records, ending, lang, title=title, about=about, made_at=made_at)


def read_paid_file(name: str, data: bytes) -> tuple[PaidLine, ...]:
    """Return the lines of an uploaded list; InvalidError when the file as a whole cannot be read."""
    try:
        return read_paid_list(data)
    except UnreadableError as error:
        place = (f"{name}，第{error.row}行", f"{name}, row {error.row}") if error.row else (name, name)
        said = Sentence(f"{place[0]}：{error.zh}。", f"{place[1]}: expected {error.en}.")
        raise InvalidError([Fault("file", said)], code=error.code) from None


def import_paid_list(
    context: Context, person_id: int, lines: Sequence[PaidLine], sha256: str, *, is_dry_run: bool, is_confirmed: bool,
    source: str,
) -> PaidResult:  # fmt: skip
    """Post the payments that a list reports, each line by itself; return what became of every line.

    The same list again posts nothing. ForbiddenError for whoever could keep no fund.
    """
    with context.database.reading() as unit:
        actor, departments = require_payer(unit, person_id)
        numbers = [line.order for line in lines if line.order is not None]
        orders = find_orders(unit.connection(), actor.readers, departments, numbers)
    judged = [
        _pay(context, person_id, one, is_dry_run=is_dry_run, source=source)
        for one in judge_lines(lines, orders, is_confirmed=is_confirmed)
    ]
    result = PaidResult(is_dry_run, sha256, tuple(judged))
    if not is_dry_run:
        _record(context, actor, departments, result, source=source)
    return result


def _pay(context: Context, person_id: int, judged: JudgedLine, *, is_dry_run: bool, source: str) -> JudgedLine:
    """Take the step that pays, for a line that is ready; a refusal is told beside the line and stops no other."""
    if judged.outcome != "ready" or judged.order is None:
        return judged
    line, order, now = judged.line, judged.order, context.now()
    fields = {"voucher": line.voucher} | ({} if line.paid_on is None else {"paid_on": line.paid_on.isoformat()})
    request = Request("pay", fields, version=order.version, source=source)

    def step(unit: Unit) -> None:
        perform(unit, context.book, person_id, now, order.item_id, request)
        if is_dry_run:
            raise _TakenBack

    try:
        context.database.write(step)
    except _TakenBack:
        return judged
    except InvalidError as error:
        told = [fault.sentence for fault in error.faults]
        return judged.end("refused", Sentence(" ".join(one.zh for one in told), " ".join(one.en for one in told)))
    except DomainError as error:
        return judged.end("refused", error.sentence)
    return judged.end("paid", tell_paid())


def _record(context: Context, actor: Actor, departments: Sequence[int], result: PaidResult, *, source: str) -> None:
    capacity = find_keeper(actor, departments[0])
    acting = Acting(actor.person_id, capacity.duty.value if capacity else "self", capacity)
    posted = {currency: to_decimal_string(fen) for currency, fen in result.posted.items()}
    after = {"sha256": result.sha256, "lines": len(result.lines), "posted": posted, **result.counts}
    now = context.now()
    context.database.write(
        lambda unit: write_audit(unit.connection(), acting, now, action="import_paid_list", source=source, after=after)
    )
