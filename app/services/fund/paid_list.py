"""A paid list against the orders: each line judged, then paid through the one step that pays, or listed with why not.

A line is posted when its order waits to be paid and amount and account are those of the order. Nothing is posted
twice: an order that is paid already is told as such, so the same list again posts nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from app.core.errors import Sentence
from app.core.money import format_amount
from app.ledger.paid_list import PaidLine
from app.services.fund.plausible import WAN

#: `ready`: it would be paid; `paid`: it was, just now; everything else posts nothing.
Outcome = Literal[
    "ready", "paid", "paid_before", "paid_otherwise", "unmatched", "double", "amount_differs", "unit_unconfirmed",
    "account_differs", "not_made", "faulty", "not_waiting", "refused",
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = (
    "ready", "paid", "paid_before", "paid_otherwise", "unmatched", "double", "amount_differs", "unit_unconfirmed",
    "account_differs", "not_made", "faulty", "not_waiting", "refused",
)  # fmt: skip


class Order(Protocol):
    """What a line is compared with: a disbursement as it stands, in fen."""

    @property
    def item_id(self) -> int:
        """The disbursement's id."""

    @property
    def version(self) -> int:
        """Its version, which the step that pays names."""

    @property
    def state(self) -> str:
        """Its state."""

    @property
    def fund_id(self) -> int:
        """The fund that pays."""

    @property
    def amount_fen(self) -> int:
        """What is to be paid."""

    @property
    def currency(self) -> str:
        """In which currency."""

    @property
    def payee(self) -> str:
        """Who is paid."""

    @property
    def payee_en(self) -> str | None:
        """The same in English."""

    @property
    def account(self) -> str:
        """The payee's account."""

    @property
    def voucher(self) -> str | None:
        """The voucher by which it was paid; None: it was not."""

    @property
    def paid_on(self) -> date | None:
        """The day on which it was paid; None: it was not."""


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line with its order (None: none that the importer may see) and what becomes of it, in words."""

    line: PaidLine
    order: Order | None
    outcome: Outcome
    said: Sentence

    def end(self, outcome: Outcome, said: Sentence) -> "JudgedLine":
        """Return the line with another outcome."""
        return replace(self, outcome=outcome, said=said)


_READY = Sentence("相符，可以入账。", "It matches and can be posted.")
_PAID = Sentence("已入账。", "Posted.")


def tell_paid() -> Sentence:
    """Return what is said of a line that was posted just now."""
    return _PAID


def clean_account(text: str) -> str:
    """Return a bank account's number without the blanks and dashes by which people part it."""
    return "".join(char for char in text if char not in " \u3000-–")


def judge_lines(lines: Sequence[PaidLine], orders: Mapping[str, Order], *, is_confirmed: bool) -> list[JudgedLine]:
    """Return every line judged, in the order of the file.

    `is_confirmed`: an amount exactly 10,000 times its order's, or a ten-thousandth, is the same in another unit.
    """
    doubles = _find_doubles(lines, orders)
    return [
        _tell_faulty(line, orders) if line.faults else _judge(line, orders, doubles, is_confirmed=is_confirmed)
        for line in lines
    ]


def _tell_faulty(line: PaidLine, orders: Mapping[str, Order]) -> JudgedLine:
    said = Sentence(" ".join(one.zh for one in line.faults), " ".join(one.en for one in line.faults))
    return JudgedLine(line, None if line.order is None else orders.get(line.order), "faulty", said)


def _find_doubles(lines: Sequence[PaidLine], orders: Mapping[str, Order]) -> dict[int, Sentence]:
    """Return what is said of lines that stand in the file more than once, by line number.

    The first of equal lines counts; of lines that name one order and differ none does. One voucher pays one order.
    """
    told: dict[int, Sentence] = {}
    by_order: dict[str, list[PaidLine]] = defaultdict(list)
    for line in lines:
        if line.order is not None and line.is_made:
            by_order[line.order].append(line)
    for same in by_order.values():
        first = replace(same[0], number=0)
        if all(replace(line, number=0) == first for line in same):
            said = Sentence(f"与第{same[0].number}行相同，只记一次。", f"The same as row {same[0].number}: once only.")
            told |= {line.number: said for line in same[1:]}
        else:
            rows = "、".join(str(line.number) for line in same)
            said = Sentence(
                f"第{rows}行是同一支付令而内容不同，均未入账。",
                f"Rows {rows} name one order and differ: none is posted.",
            )
            told |= {line.number: said for line in same}
    return told | _find_shared_vouchers(lines, orders, told)


def _find_shared_vouchers(
    lines: Sequence[PaidLine], orders: Mapping[str, Order], told: Mapping[int, Sentence]
) -> dict[int, Sentence]:
    keys = {
        line.number: (orders[line.order].fund_id, line.voucher)
        for line in lines
        if line.order is not None
        and line.order in orders
        and line.voucher is not None
        and line.is_made
        and line.number not in told
    }
    counts = Counter(keys.values())
    return {
        number: Sentence(
            f"凭证号“{voucher}”在文件中用于几笔支付，均未入账。",
            f"The voucher {voucher!r} stands beside several orders: none is posted.",
        )
        for number, (fund_id, voucher) in keys.items()
        if counts[fund_id, voucher] > 1
    }


def _judge(
    line: PaidLine, orders: Mapping[str, Order], doubles: Mapping[int, Sentence], *, is_confirmed: bool
) -> JudgedLine:
    order = None if line.order is None else orders.get(line.order)
    blank = JudgedLine(line, order, "ready", _READY)
    if order is None:
        said = Sentence(f"没有支付令“{line.order}”，或不由您支付。", f"No order {line.order!r}, or not for you to pay.")
        return blank.end("unmatched", said)
    if not line.is_made:
        said = Sentence(f"文件写明状态为“{line.status}”，未入账。", f"The list says {line.status!r}: not posted.")
        return blank.end("not_made", said)
    if line.number in doubles:
        return blank.end("double", doubles[line.number])
    if order.paid_on is not None:
        return _judge_paid(blank, order)
    return _compare(blank, order, is_confirmed=is_confirmed)


def _judge_paid(judged: JudgedLine, order: Order) -> JudgedLine:
    if judged.line.voucher == order.voucher:
        said = Sentence(f"已于{order.paid_on}入账，不再重复。", f"Posted on {order.paid_on} already; not twice.")
        return judged.end("paid_before", said)
    said = Sentence(
        f"已于{order.paid_on}凭“{order.voucher}”入账，与此凭证号不同，请核对是否重复支付。",
        f"Paid on {order.paid_on} by voucher {order.voucher!r} already; this one differs. Was it paid twice?",
    )
    return judged.end("paid_otherwise", said)


def _compare(judged: JudgedLine, order: Order, *, is_confirmed: bool) -> JudgedLine:
    line = judged.line
    if order.state != "checked":
        said = Sentence("该笔拨付现在不待支付。", "The disbursement does not wait to be paid now.")
        return judged.end("not_waiting", said)
    given, due = line.amount_fen or 0, order.amount_fen
    if given != due:
        is_scaled = given == due * WAN or given * WAN == due
        shown, wanted = format_amount(given), format_amount(due)
        if is_scaled and not is_confirmed:
            said = Sentence(
                f"文件为{shown}元，支付令为{wanted}元，正好相差万倍。如是元与万元之别，请确认后再导入。",
                f"{shown} in the list, {wanted} in the order: exactly ten thousand times. If only the unit differs,"
                " confirm it and import again.",
            )
            return judged.end("unit_unconfirmed", said)
        if not is_scaled:
            said = Sentence(
                f"金额不符：文件为{shown}元，支付令为{wanted}元。", f"{shown} in the list, {wanted} in the order."
            )
            return judged.end("amount_differs", said)
    if line.account is not None and clean_account(line.account) != clean_account(order.account):
        said = Sentence(
            f"收款账号不符：文件为{line.account}，支付令为{order.account}。",
            f"Account {line.account} in the list, {order.account} in the order.",
        )
        return judged.end("account_differs", said)
    return judged
