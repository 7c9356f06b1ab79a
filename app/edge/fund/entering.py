"""Rules and entries of a fund from what was typed or sent, for pages and API alike."""

from collections.abc import Mapping
from typing import Any

from app.queries.fund.posted import PostedRow, read_posted
from app.services.act import Act
from app.services.fund.keeping import BudgetEntry, RuleText, post_budget
from app.services.fund.plausible import find_expected, require_confirmed
from app.services.organisation.department import require_department


def make_rule(act: Act, given: Mapping[str, Any]) -> RuleText:
    """Return the rules that `given` (FundRuleSchema's values) asks for, from today on unless it names a day."""
    return RuleText(
        from_on=given["from_on"] or act.today,
        control=given["control"],
        surplus=given["surplus"],
        number_sign=given["number_sign"],
        reason=given["reason"],
        exception_post_id=given["exception_post"],
        leaders_from_fen=given["leaders_from"],
        notice_workdays=given["notice_workdays"],
        idle_workdays=given["idle_workdays"],
        warning_workdays=given["warning_workdays"],
    )


def enter_budget(act: Act, fund_id: int, given: Mapping[str, Any]) -> int:
    """Post the entry that `given` (BudgetEntrySchema's values) asks for; return the posting's id.

    InvalidError (`amount_unconfirmed`) when the amount looks like a mix-up of 元 and 万元 and nobody confirmed it.
    """
    named = given["department"]
    entry = BudgetEntry(
        given["operation"],
        given["year"] or act.today.year,
        given["amount"],
        given["basis"],
        note=given["note"],
        earmark=given["earmark"],
        department_id=None if named is None else require_department(act.connection, named, "department"),
    )
    expected = find_expected(act.connection, fund_id, entry)
    require_confirmed(entry.amount_fen, expected, is_confirmed=given["confirm"])
    return post_budget(act, fund_id, entry).id


def tell_posted(act: Act, posting_id: int) -> PostedRow:
    """Return a posting that was just made, with what stands where in its year now."""
    return read_posted(act.connection, posting_id)
