"""What the form of a step on money knows beforehand: the balance, the instalments, the goals, who could receive."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.edge.context import Context, Unit
from app.edge.reading import Reading
from app.pages.fund.figures import name_unit
from app.pages.items.item_row import name_number_of
from app.pages.show import show_amount
from app.pages.words import gettext as _
from app.queries.fund.allocation import AllocationDetail, read_allocation, read_payment
from app.queries.fund.allocation_list import AllocationFilter, list_allocations
from app.services.fund.standing import Standing, read_standing
from app.services.offer import Offer

_OTHERS = 100


@dataclass(frozen=True, slots=True)
class GoalAsk:
    """A goal as the form asks for its result."""

    seq: int
    wanted: str
    answer: str
    evidence: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """`hints`: what a field offers to choose, (value, words); `lines`: how the money stands, above the form."""

    hints: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    goals: Sequence[GoalAsk] = ()
    lines: Sequence[str] = ()


def make_hints(unit: Unit, context: Context, read: Reading, offer: Offer) -> Hints:
    """Return what the form of a step on an allocation or a disbursement shows beside its fields; else nothing."""
    connection, row = unit.connection(), read.item.row
    if row.kind == "disbursement":
        found = read_payment(connection, read.actor.readers, row.id)
        unit_name = _pad(read.item.currency or "CNY")
        held = show_amount(found.payment.money.paid_fen) + unit_name
        lines = [_("拨付金额：%(fen)s", fen=show_amount(found.payment.amount_fen) + unit_name)]
        return Hints(lines=[*lines, _("待核销：%(fen)s", fen=held)] if found.payment.paid_on else lines)
    if row.kind != "allocation":
        return Hints()
    own = read_allocation(connection, read.actor.readers, row.id)
    standing = read_standing(connection, row.id, context.today())
    names = {ask.name for ask in offer.fields}
    hints: dict[str, list[tuple[str, str]]] = {}
    if "instalment" in names:
        hints["instalment"] = _list_instalments(standing, offer.action)
    if "into" in names:
        hints["into"] = _list_others(unit, read, own)
    goals = [GoalAsk(one.seq, f"{one.indicator}：{one.target}", one.result or "") for one in own.goals]
    return Hints(hints, goals if "goal_results" in names else (), _tell_lines(standing, own))


def _tell_lines(standing: Standing, own: AllocationDetail) -> list[str]:
    unit = _pad(standing.currency)
    if own.allocated_on is not None:
        return [_("已下达未拨付：%(fen)s", fen=show_amount(standing.committed_fen) + unit)]
    lines = [
        _("申请金额：%(fen)s", fen=show_amount(standing.requested_fen) + unit),
        _("资金可用余额：%(fen)s", fen=show_amount(standing.free_fen) + unit),
    ]
    if standing.minimum_fen is not None:
        lines.append(_("最低需要：%(fen)s", fen=show_amount(standing.minimum_fen) + unit))
    if standing.wanted_fen != standing.requested_fen:  # finance cut it down before, or a call decided so
        lines.append(_("已拟定金额：%(fen)s", fen=show_amount(standing.wanted_fen) + unit))
    if standing.facts.is_short:
        short = show_amount(standing.facts.need_fen - standing.facts.free_fen) + unit
        lines.append(_("还差：%(fen)s", fen=short))
    return lines


def _pad(currency: str) -> str:
    unit = name_unit(currency)
    return f" {unit}" if unit.isascii() else unit


def _list_instalments(standing: Standing, action: str) -> list[tuple[str, str]]:
    """Return the instalments that the step can be about: the next one to draw, or those that a milestone holds."""
    coming = standing.next_tranche
    rows = [coming] if action == "draw" and coming else [one for one in standing.tranches if one.is_held]
    found = []
    for one in rows:
        told = _("第%(seq)s期，%(fen)s", seq=one.seq, fen=show_amount(one.amount_fen) + _pad(standing.currency))
        found.append((str(one.seq), _("%(one)s，%(other)s", one=told, other=one.milestone) if one.milestone else told))
    return found


def _list_others(unit: Unit, read: Reading, own: AllocationDetail) -> list[tuple[str, str]]:
    """Return the allocations that could receive a transfer: of the same fund and year, allocated, readable."""
    wanted = AllocationFilter(own.fund_id, own.year, ("allocated",))
    page = list_allocations(unit.connection(), read.actor.readers, wanted, limit=_OTHERS)
    return [
        (
            str(one.id),
            _("%(number)s %(title)s", number=name_number_of("allocation", one.number, one.id), title=one.title),
        )
        for one in page.items
        if one.id != own.item_id
    ]
