"""From a query to the filter of a list of allocations or disbursements."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from app.edge.listing.asking import find_department_id
from app.queries.fund.allocation_list import AllocationFilter
from app.queries.fund.disbursement_list import DisbursementFilter


def make_allocation_filter(connection: Connection, given: Mapping[str, Any]) -> AllocationFilter:
    """Return the filter that AllocationFilterSchema's values ask for; InvalidError for an unknown department."""
    states = given.get("state", [])
    return AllocationFilter(
        fund_id=given["fund"],
        year=given["year"],
        states=tuple(state for state in states if state != "open"),
        department_ids=_find_departments(connection, given),
        project_id=given["project"],
        is_open=True if "open" in states else None,
    )


def make_disbursement_filter(connection: Connection, given: Mapping[str, Any]) -> DisbursementFilter:
    """Return the filter that DisbursementQuerySchema's values ask for; InvalidError for an unknown department."""
    return DisbursementFilter(
        fund_id=given["fund"],
        year=given["year"],
        states=tuple(given.get("state", ())),
        department_ids=_find_departments(connection, given),
        project_id=given["project"],
        allocation_id=given["allocation"],
    )


def _find_departments(connection: Connection, given: Mapping[str, Any]) -> tuple[int, ...]:
    found = find_department_id(connection, given["department"] or "", is_strict=True)
    return () if found is None else (found,)
