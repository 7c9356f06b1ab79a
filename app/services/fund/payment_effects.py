"""What the steps of a disbursement set off: its order, its payment, what was spent and returned, its reversal."""

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.money import format_amount
from app.core.text import NAME_MAX
from app.models.allocation import Disbursement, Spending
from app.models.fund import FundPosting
from app.models.item import Item
from app.services.fund.allocation_effects import rule_of
from app.services.fund.money_effects import require_account
from app.services.fund.posting import Account, Leg, NewPosting, Posted, post
from app.services.fund.standing import Standing, read_payment_facts, read_standing
from app.services.numbering import format_number, take_number
from app.services.working import FollowUp, Work

_ORDER_SIGN = "付"


def _read(work: Work) -> Any:  # noqa: ANN401  # a row
    return work.connection.execute(
        select(
            Disbursement.amount_fen, Disbursement.order_number, Disbursement.paid_on, Disbursement.account,
            Disbursement.bank, Item.created_at,
        )
        .join(Item, Item.id == Disbursement.item_id)
        .where(Disbursement.item_id == work.item.id)
    ).one()  # fmt: skip


def _write(work: Work, **values: object) -> None:
    work.connection.execute(update(Disbursement).where(Disbursement.item_id == work.item.id).values(**values))


def _stand(work: Work) -> Standing:
    if work.item.parent_id is None:
        raise AssertionError("a disbursement stands below its allocation")
    return read_standing(work.connection, work.item.parent_id, work.today)


def _post(work: Work, standing: Standing, operation: str, leg: Leg, **more: Any) -> Posted:  # noqa: ANN401  # a posting's columns
    new = NewPosting(
        standing.fund_id, standing.year, operation, [leg], more.pop("on_day", work.today), rule_of(standing).id,
        item_id=work.item.id, **more,
    )  # fmt: skip
    return post(work.connection, work.acting, work.now, new)


def correct_payee(work: Work) -> None:
    """Write the payee's account anew; the order that named the old one is void."""
    require_account(work.values["account"])
    _write(work, account=work.values["account"], bank=work.values["bank"], order_number=None)


def give_order_number(work: Work) -> None:
    """Give the payment order its number: 付〔2026〕12号; banks answer by it."""
    year = work.today.year
    number = format_number(_ORDER_SIGN, year, take_number(work.connection, "payment", year, ""))
    _write(work, order_number=number)
    work.values["order_number"] = number


def pay_money(work: Work) -> None:
    """Pay: what is committed becomes the department's to account for. The same voucher pays once in a fund."""
    standing, row = _stand(work), _read(work)
    paid_on = work.values.get("paid_on") or work.today
    if paid_on > work.today or paid_on.year != standing.year:
        said = Sentence(
            f"支付日期应在{standing.year}年度内，且不晚于今天。",
            f"A day of the fiscal year {standing.year}, not after today.",
        )
        raise InvalidError([Fault("paid_on", said)])
    asked_on = row.created_at.astimezone(work.book.zone).date()
    if paid_on < asked_on:
        said = Sentence(f"不能早于申请拨付的{asked_on}。", f"Not before it was asked for, on {asked_on}.")
        raise InvalidError([Fault("paid_on", said)])
    voucher = _read_voucher(work)
    leg = Leg(standing.account("committed"), standing.paid_account("paid", work.item.id), row.amount_fen)
    _post(work, standing, "pay", leg, on_day=paid_on, voucher=voucher, key=f"pay:{work.item.id}")
    _write(work, voucher=voucher, paid_on=paid_on)
    work.values |= {"amount": row.amount_fen, "paid_on": paid_on}


def _read_voucher(work: Work) -> str:
    voucher = str(work.values["voucher"])
    if len(voucher) > NAME_MAX or "\n" in voucher:
        said = Sentence(f"凭证号应为一行，最多{NAME_MAX}字。", f"One line of at most {NAME_MAX} characters.")
        raise InvalidError([Fault("voucher", said)])
    return voucher


def file_spending(work: Work) -> None:
    """Report what was spent, with its receipts."""
    _file(work, "spend", work.values["spent_for"], work.values["receipts"])


def file_return(work: Work) -> None:
    """Report what is paid back."""
    _file(work, "return", work.values["reason"], None)


def _file(work: Work, kind: str, text: str, receipts: str | None) -> None:
    facts = read_payment_facts(work.connection, [work.item.id], work.today)[work.item.id]
    waiting = sum(row.amount_fen for row in _list_filed(work))
    left = facts.held_fen - waiting
    if not 0 < work.values["amount"] <= left:
        said = Sentence(f"待核销的只有{format_amount(left)}元。", f"Only {format_amount(left)} is to be accounted for.")
        raise InvalidError([Fault("amount", said)])
    paid_on = _read(work).paid_on
    if not paid_on <= work.values["spent_on"] <= work.today:
        said = Sentence("应在支付日期之后、今天之前（含当日）。", "From the day of payment to today.")
        raise InvalidError([Fault("spent_on", said)])
    row = {
        "item_id": work.item.id, "kind": kind, "amount_fen": work.values["amount"], "on_day": work.values["spent_on"],
        "voucher": _read_voucher(work), "text": text, "receipts": receipts, "filed_by": work.acting.person_id,
        "filed_at": work.now,
    }  # fmt: skip
    try:
        work.connection.execute(insert(Spending), row)
    except IntegrityError as error:
        said = Sentence("这张票据已经报过。", "This voucher was reported before.")
        raise ConflictError("voucher_used", said) from error


def _list_filed(work: Work) -> list[Any]:
    return list(
        work.connection.execute(
            select(Spending.id, Spending.kind, Spending.amount_fen, Spending.on_day, Spending.voucher, Spending.text)
            .where(Spending.item_id == work.item.id, Spending.outcome.is_(None))
            .order_by(Spending.id)
        ).all()
    )


def accept_spending(work: Work) -> None:
    """Post what was reported, a posting a receipt; all accounted for, the disbursement is settled."""
    standing = _stand(work)
    paid = standing.paid_account("paid", work.item.id)
    for row in _list_filed(work):
        target = standing.paid_account("spent" if row.kind == "spend" else "returned", work.item.id)
        posted = _post(
            work, standing, row.kind, Leg(paid, target, row.amount_fen), voucher=row.voucher, note=row.text,
            key=f"spending:{row.id}",
        )  # fmt: skip
        _decide(work, row.id, "accepted", posting_id=posted.id)
    facts = read_payment_facts(work.connection, [work.item.id], work.today)[work.item.id]
    if facts.held_fen == 0:
        work.follow_ups.append(FollowUp(work.item.id, "settle"))


def refuse_spending(work: Work) -> None:
    """Give the receipts back; the money stays to be accounted for."""
    for row in _list_filed(work):
        _decide(work, row.id, "refused")


def _decide(work: Work, spending_id: int, outcome: str, posting_id: int | None = None) -> None:
    decided = {
        "outcome": outcome, "decided_by": work.acting.person_id, "decided_at": work.now, "posting_id": posting_id,
    }  # fmt: skip
    work.connection.execute(update(Spending).where(Spending.id == spending_id).values(**decided))


def reverse_payment(work: Work) -> None:
    """Take a mistaken payment back by a counter-entry of today in the year in which the money stands now.

    Refused once a part of it was spent or returned: that is reversed or settled first. The instalment can be drawn
    again.
    """
    standing, row = _stand(work), _read(work)
    facts = read_payment_facts(work.connection, [work.item.id], work.today)[work.item.id]
    if facts.held_fen != row.amount_fen:
        said = Sentence("已有部分核销或退回，不能冲销。", "A part is accounted for already; it cannot be reversed.")
        raise ConflictError("partly_accounted", said)
    original = work.connection.execute(
        select(FundPosting.id).where(FundPosting.unique_key == f"pay:{work.item.id}")
    ).scalar_one()
    source: Account = standing.paid_account("paid", work.item.id)
    leg = Leg(source, standing.account("committed"), row.amount_fen)
    _post(work, standing, "reverse", leg, reverses_id=original, note=work.values["reason"])
    work.values |= {"amount": row.amount_fen, "reverses": original}
