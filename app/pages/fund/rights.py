"""Who may ask for money under a project, and correct what they asked: what pages offer; the services judge anew."""

from app.policy import fund as policy
from app.policy.people import Actor
from app.queries.item_detail import ItemDetail

_EDITABLE = ("draft", "returned")


def list_drafting(actor: Actor, project: ItemDetail) -> list[tuple[int, int]]:
    """Return (post id, department id) of the capacities in which a person may ask for money under a project."""
    row = project.row
    departments = {row.department_id, *(one.department_id for one in project.supports)}
    return [(one.post_id, one.department_id) for one in policy.list_drafting(actor, departments)]


def may_amend(actor: Actor, item: ItemDetail) -> bool:
    """Whether somebody may correct a request now."""
    return item.row.state in _EDITABLE and bool(policy.list_drafting(actor, (item.row.department_id,)))
