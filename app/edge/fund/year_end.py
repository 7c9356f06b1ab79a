"""The end of a fiscal year for whoever runs it: a preview, and the closing, each fund in a unit of work of its own."""

from collections.abc import Callable

from app.core.errors import ConflictError, ForbiddenError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.fund.acting import make_fund_act
from app.policy.fund import find_keeper, may_see_ledger
from app.policy.people import Actor
from app.queries.fund.place import list_managing
from app.services.act import Act
from app.services.fund.year_end import YearEnd, close_year, list_funds_of_year, preview_year_end

_VIEWERS_ONLY = Sentence(
    "年终结转由资金主管部门的财务人员、协调办、领导小组和审计查看。",
    "For the funds' keepers, the coordination office, the leadership group and auditors.",
)
_KEEPERS_ONLY = Sentence(
    "年终结转由资金主管部门的财务人员或负责人办理。",
    "For the finance staff or the head of a department that manages funds.",
)
_DONE = ("closed", "closed_before")


def is_done(ends: list[YearEnd]) -> bool:
    """Whether every fund is closed now."""
    return all(one.outcome in _DONE for one in ends)


def preview(context: Context, person_id: int, year: int) -> list[YearEnd]:
    """Return what closing the year would do to each fund whose ledger the person sees; nothing is written.

    ForbiddenError for whoever sees none.
    """
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        if not may_see_ledger(actor, 0) and not _keeps_some(actor):
            raise ForbiddenError("fund_viewers_only", _VIEWERS_ONLY)
        seen = _choose(unit, year, lambda department_id: may_see_ledger(actor, department_id))
        return preview_year_end(unit.connection(), year, seen)


def close(context: Context, person_id: int, year: int, source: str) -> list[YearEnd]:
    """Close the year of every fund that the person keeps; repeated, it finds them closed and posts nothing.

    ConflictError while the year still runs, ForbiddenError for whoever keeps none. A fund that cannot be closed is
    `blocked` with its reason and stops no other.
    """
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        if not _keeps_some(actor):
            raise ForbiddenError("fund_keepers_only", _KEEPERS_ONLY)
        kept = _choose(unit, year, lambda department_id: find_keeper(actor, department_id) is not None)
    return close_each(
        context, kept, year, lambda unit, fund_id: make_fund_act(context, unit, person_id, fund_id, source)[0]
    )


def close_each(context: Context, fund_ids: list[int], year: int, make_act: Callable[[Unit, int], Act]) -> list[YearEnd]:
    """Close the funds one after the other, each as a whole; `make_act` says who does it. ConflictError: too early."""
    if context.today().year <= year:
        raise ConflictError("year_not_over", Sentence(f"{year}年度尚未结束。", f"The year {year} is not over yet."))
    return [_close_one(context, fund_id, year, make_act) for fund_id in fund_ids]


def _close_one(context: Context, fund_id: int, year: int, make_act: Callable[[Unit, int], Act]) -> YearEnd:
    return context.database.write(lambda unit: close_year(make_act(unit, fund_id), fund_id, year))


def list_fund_ids(unit: Unit, year: int) -> list[int]:
    """Return the funds with that fiscal year, by code."""
    return [row[0] for row in list_funds_of_year(unit.connection(), year)]


def _keeps_some(actor: Actor) -> bool:
    return any(find_keeper(actor, one.department_id) is not None for one in actor.general)


def _choose(unit: Unit, year: int, is_wanted: Callable[[int], bool]) -> list[int]:
    ids = list_fund_ids(unit, year)
    managing = list_managing(unit.connection(), ids)
    return [fund_id for fund_id in ids if is_wanted(managing[fund_id])]
