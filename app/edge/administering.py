"""Who keeps the organisation: administrators write, the office sees what it must to work with people."""

from app.core.errors import ForbiddenError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.services.act import Act
from app.services.recording import Acting
from workflows.roles import Duty

_ADMINS_ONLY = Sentence("此操作由系统管理员办理。", "This is for administrators.")
_ADMINS_READ = Sentence("此页由系统管理员查看。", "This is for administrators.")
_KEEPERS_ONLY = Sentence("此页由系统管理员和协调办查看。", "This is for administrators and the coordination office.")


def may_write(actor: Actor) -> bool:
    """Whether the caller may change departments, people and posts."""
    return actor.has(Duty.ADMIN)


def may_look_after(actor: Actor) -> bool:
    """Whether the caller sees log-in names, addresses and open work of others."""
    return actor.has(Duty.ADMIN, Duty.OFFICE)


def require_admin(unit: Unit, person_id: int) -> Actor:
    """Return the caller, who is an administrator; ForbiddenError for anybody else."""
    actor = require_actor(unit, person_id)
    if not may_write(actor):
        raise ForbiddenError("admins_only", _ADMINS_READ)
    return actor


def require_keeper(unit: Unit, person_id: int) -> Actor:
    """Return the caller, who looks after the organisation; ForbiddenError for anybody else."""
    actor = require_actor(unit, person_id)
    if not may_look_after(actor):
        raise ForbiddenError("keepers_only", _KEEPERS_ONLY)
    return actor


def make_admin_act(context: Context, unit: Unit, person_id: int, *, source: str) -> Act:
    """Return what a write by an administrator takes along; ForbiddenError for anybody else.

    The posts are those of this moment, so who lost the administrator's post a second ago writes nothing more.
    """
    actor = require_actor(unit, person_id)
    capacity = next((one for one in actor.capacities if one.duty is Duty.ADMIN), None)
    if capacity is None:
        raise ForbiddenError("admins_only", _ADMINS_ONLY)
    acting = Acting(person_id, "admin", capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), source)
