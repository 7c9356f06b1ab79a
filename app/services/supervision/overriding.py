"""A project's light set by hand: asked for, approved by the leadership group, with an end; name and reason show."""

from sqlalchemy import update

from app.models.item import Project
from app.services.working import Work


def set_override(work: Work) -> None:
    """Set the light until its day has passed; then it is judged by the facts again."""
    values = {
        "light_override": work.values["light"],
        "light_override_until_on": work.values["until_on"],
        "light_override_request_id": work.values["request_id"],
    }
    work.connection.execute(update(Project).where(Project.item_id == work.item.id).values(**values))
    work.item.light_override, work.item.light_override_until_on = work.values["light"], work.values["until_on"]
    work.light_changed = True


def clear_override(work: Work) -> None:
    """Have the light judged by the facts again from now on."""
    values = {"light_override": None, "light_override_until_on": None, "light_override_request_id": None}
    work.connection.execute(update(Project).where(Project.item_id == work.item.id).values(**values))
    work.item.light_override = work.item.light_override_until_on = None
    work.light_changed = True
