"""Who writes to a fund: its keeper, in the post that makes them one; who drafts, in a department's post."""

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.fund.reading import require_sight, require_viewer
from app.policy.fund import list_drafting, require_keeper
from app.policy.people import Actor
from app.queries.fund.ledger import find_posting, find_posting_fund
from app.services.act import Act
from app.services.fund.keeping import find_managing_department
from app.services.organisation.department import require_department
from app.services.recording import Acting
from workflows.roles import Capacity, Duty

_OPENERS = (Duty.FINANCE, Duty.HEAD)
_NO_OPENER = Sentence("资金由主管部门的财务人员或负责人设立。", "Funds are opened by finance staff or heads.")
_WHICH = Sentence(
    "您在多个部门任职，请写明由哪个部门主管。", "You hold posts in several departments: say which one manages the fund."
)


def make_fund_act(context: Context, unit: Unit, person_id: int, fund_id: int, source: str) -> tuple[Act, Actor]:
    """Return what a keeper's write to a fund takes along, and the keeper.

    NotFoundError when there is no such fund, ForbiddenError for whoever does not keep it.
    """
    actor = require_viewer(unit, person_id)
    department_id = find_managing_department(unit.connection(), fund_id)
    return _make(context, unit, actor, require_keeper(actor, department_id), source), actor


def make_opening_act(
    context: Context, unit: Unit, person_id: int, department: str | None, source: str
) -> tuple[Act, int]:
    """Return the same for opening a fund, and the department that will manage it.

    `department` is a name, former name or code; left out, the only one for which the person may. ForbiddenError when
    there is none or it is not theirs, InvalidError when several fit.
    """
    actor = require_actor(unit, person_id)
    own = sorted({one.department_id for one in actor.general if one.duty in _OPENERS})
    if not own:
        raise ForbiddenError("fund_keepers_only", _NO_OPENER)
    if department is not None:
        department_id = require_department(unit.connection(), department, "department")
    elif len(own) == 1:
        department_id = own[0]
    else:
        raise InvalidError([Fault("department", _WHICH)])
    return _make(context, unit, actor, require_keeper(actor, department_id), source), department_id


def make_reversing_act(context: Context, unit: Unit, person_id: int, posting_id: int, source: str) -> Act:
    """Return the same for reversing a posting: NotFoundError for whoever sees nothing of it."""
    actor = require_viewer(unit, person_id)
    _, department_id = find_posting_fund(unit.connection(), posting_id)
    sight = require_sight(actor, department_id)
    if not sight.sees_all:
        find_posting(unit.connection(), sight, posting_id)
    return _make(context, unit, actor, require_keeper(actor, department_id), source)


def make_drafting_act(context: Context, unit: Unit, person_id: int, source: str) -> tuple[Act, Actor]:
    """Return what drafting or amending an allocation takes along; the service finds the post in which it is done."""
    actor = require_actor(unit, person_id)
    own = list_drafting(actor)
    acting = Acting(person_id, "lead_staff", own[0]) if own else Acting(person_id, "self")
    return Act(unit.connection(), acting, context.now(), context.today(), source), actor


def _make(context: Context, unit: Unit, actor: Actor, capacity: Capacity, source: str) -> Act:
    acting = Acting(actor.person_id, capacity.duty.value, capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source)
