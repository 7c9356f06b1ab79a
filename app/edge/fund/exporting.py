"""Files of special funds: the ledger of a fund's year, the list of allocations; what they hold is what is readable."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.core.errors import ConflictError, Sentence
from app.core.money import format_amount
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.fund.listing import make_allocation_filter
from app.edge.fund.reading import require_sight, require_viewer
from app.edge.fund.table import Heads, write_money_table
from app.edge.label import label_state
from app.ledger.table_file import Cell, Ending
from app.policy.people import Actor
from app.queries.fund.allocation_list import AllocationRow, list_allocations
from app.queries.fund.ledger import LIMIT_MAX, LedgerFilter, Move, PostingRow, list_postings
from app.queries.fund.overview import FundRow, find_fund
from app.services.recording import Acting, write_audit
from reports.wording import Lang
from workflows.money.wording import ACCOUNT_LABELS, OPERATION_LABELS
from workflows.words import Text

#: Rows of one file; more are asked for by parts (an operation, an account, a department).
EXPORT_MAX = 20_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MoneyFile:
    """A file to hand out."""

    name: str
    content: bytes


_LEDGER_HEADS = Heads((
    Text("序号", "No."), Text("日期", "Day"), Text("业务", "Operation"), Text("金额", "Amount"),
    Text("账户变动", "From and to"), Text("事项", "Item"), Text("凭证号", "Voucher"), Text("依据", "Basis"),
    Text("说明", "Note"), Text("冲销序号", "Reverses"), Text("记账人", "Posted by"), Text("记账时间", "Posted at"),
), amounts=frozenset({3}))  # fmt: skip
_ALLOCATION_HEADS = Heads((
    Text("编号", "Number"), Text("资金安排", "Allocation"), Text("项目", "Project"), Text("单位", "Department"),
    Text("资金", "Fund"), Text("年度", "Year"), Text("状态", "State"), Text("申请金额", "Asked for"),
    Text("核定金额", "Granted"), Text("已下达未拨付", "Allocated, not paid"), Text("净拨付", "Paid, net of returns"),
    Text("绩效得分", "Score"),
), amounts=frozenset({7, 8, 9, 10}))  # fmt: skip


def export_ledger(
    context: Context, person_id: int, fund_id: int, year: int, wanted: LedgerFilter, ending: Ending, lang: Lang, *,
    source: str,
) -> MoneyFile:  # fmt: skip
    """Return the ledger of a fund's year, the first posted first, as far as the person sees it; it is on record.

    ConflictError beyond EXPORT_MAX rows.
    """

    def look(unit: Unit) -> tuple[Actor, FundRow, list[PostingRow]]:
        actor, connection = require_viewer(unit, person_id), unit.connection()
        fund = find_fund(connection, fund_id, year)
        sight = require_sight(actor, fund.department_id)
        return actor, fund, _collect(lambda cursor: _read_postings(
            list_postings(connection, sight, fund_id, year, wanted, limit=LIMIT_MAX, cursor=cursor)
        ))  # fmt: skip

    actor, fund, rows = context.database.look(look)
    seqs = {row.id: row.seq for row in rows}
    local = context.settings.timezone
    records: list[tuple[list[Cell], str]] = [
        (
            [
                row.seq, row.on_day, OPERATION_LABELS[row.operation].in_language(lang), row.amount_fen,
                _say_moves(row.moves, lang), row.item_title, row.voucher, row.basis, row.note,
                None if row.reverses_id is None else seqs.get(row.reverses_id, row.reverses_id), row.actor_name,
                f"{row.recorded_at.astimezone(local):%Y-%m-%d %H:%M}",
            ],
            fund.currency,
        )
        for row in reversed(rows)
    ]  # fmt: skip
    about = (
        (Text("资金", "Fund"), Text(f"{fund.code} {fund.name}", f"{fund.code} {fund.name_en or fund.name}")),
        (Text("年度", "Year"), Text(str(year), str(year))),
        (Text("导出人", "Exported by"), Text(actor.name, actor.name)),
    )
    title = Text("总账", "Ledger")
    file = _write(context, _LEDGER_HEADS, records, ending, lang, title, about, f"{fund.code}-{year}")
    after = {"year": year, "rows": len(records)}
    _record(context, actor, file, "export_fund_ledger", f"fund:{fund_id}", after, source=source)
    return file


def _read_postings(page: Any) -> tuple[Sequence[PostingRow], str | None]:  # noqa: ANN401  # a LedgerPage
    return page.postings, page.next_cursor


def _say_moves(moves: Sequence[Move], lang: Lang) -> str:
    return ("；" if lang == "zh" else "; ").join(
        f"{ACCOUNT_LABELS[one.from_kind].in_language(lang)} → {ACCOUNT_LABELS[one.to_kind].in_language(lang)}"
        + (f" {format_amount(one.amount_fen)}" if len(moves) > 1 else "")
        for one in moves
    )


def export_allocations(
    context: Context, person_id: int, given: Mapping[str, Any], ending: Ending, lang: Lang, *, source: str
) -> MoneyFile:
    """Return the allocations that AllocationFilterSchema's values ask for, as far as the person may read them."""

    def look(unit: Unit) -> tuple[Actor, list[AllocationRow], dict[int, str]]:
        actor, connection = require_actor(unit, person_id), unit.connection()
        wanted = make_allocation_filter(connection, given)

        def read(cursor: str | None) -> tuple[Sequence[AllocationRow], str | None]:
            page = list_allocations(connection, actor.readers, wanted, limit=LIMIT_MAX, cursor=cursor)
            return page.items, page.next_cursor

        rows = _collect(read)
        states = {
            row.id: label_state(unit, context.book, "allocation", row.workflow_version, row.state).in_language(lang)
            for row in rows
        }
        return actor, rows, states

    actor, rows, states = context.database.look(look)
    records: list[tuple[list[Cell], str]] = [
        (
            [
                row.number, row.title, row.project_title, _name(row.department_name, row.department_name_en, lang),
                _name(row.fund_name, row.fund_name_en, lang), row.year, states[row.id], row.requested_fen,
                row.granted_fen, row.committed_fen, row.paid_fen, row.score,
            ],
            row.currency,
        )
        for row in rows
    ]  # fmt: skip
    title, about = Text("资金安排", "Allocations"), ((Text("导出人", "Exported by"), Text(actor.name, actor.name)),)
    file = _write(context, _ALLOCATION_HEADS, records, ending, lang, title, about, "")
    _record(context, actor, file, "export_allocations", None, {"rows": len(rows)}, source=source)
    return file


def _name(zh: str | None, en: str | None, lang: Lang) -> str | None:
    return en if lang == "en" and en else zh


def _collect(read: Callable[[str | None], tuple[Sequence[T], str | None]]) -> list[T]:
    """Return every row of a list, page by page; ConflictError beyond EXPORT_MAX."""
    found: list[T] = []
    cursor: str | None = None
    while True:
        rows, cursor = read(cursor)
        found += rows
        if len(found) > EXPORT_MAX:
            said = Sentence(
                f"超过{EXPORT_MAX}行，请按业务、账户或单位分次导出。",
                f"More than {EXPORT_MAX} rows: export them by operation, account or department.",
            )
            raise ConflictError("export_too_long", said)
        if cursor is None:
            return found


def _write(
    context: Context, heads: Heads, records: Sequence[tuple[Sequence[Cell], str]], ending: Ending, lang: Lang,
    title: Text, about: Sequence[tuple[Text, Text]], part: str,
) -> MoneyFile:  # fmt: skip
    made_at = context.now().astimezone(context.settings.timezone)
    content = write_money_table(heads, records, ending, lang, title=title, about=about, made_at=made_at)
    stem = "-".join(one for one in (title.in_language(lang).lower(), part, f"{made_at:%Y%m%d-%H%M}") if one)
    return MoneyFile(f"{stem}.{ending}", content)


def _record(
    context: Context, actor: Actor, file: MoneyFile, action: str, subject: str | None, after: Mapping[str, Any], *,
    source: str,
) -> None:  # fmt: skip
    held = actor.capacities[0] if actor.capacities else None
    acting, now = Acting(actor.person_id, held.duty.value if held else "self", held), context.now()
    kept = {**after, "file": file.name, "sha256": hashlib.sha256(file.content).hexdigest()}
    context.database.write(
        lambda unit: write_audit(
            unit.connection(), acting, now, action=action, source=source, subject=subject, after=kept
        )
    )  # fmt: skip
