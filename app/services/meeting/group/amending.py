"""A group is corrected while it is being set up: its name, office, term, duties, rules and seats as one whole."""

from sqlalchemy import delete, update

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence, StaleError
from app.core.text import TITLE_MAX, clean, sort_key
from app.models.group import GroupSeat, LeadershipGroup
from app.models.item import Item
from app.policy import access
from app.policy.people import Actor
from app.services.act import Act
from app.services.entering import search_text
from app.services.loading import load, load_for_actor
from app.services.meeting.group.founding import NewGroup, check_group, require_office
from app.services.meeting.group.seating import seat, write_units
from app.services.recording import Acting, write_history
from workflows.meeting.procedure import read_procedure
from workflows.roles import OFFICE

_NO_DRAFT = Sentence(
    "只有筹建中的领导小组可以直接修改；已成立的，成员和议事规则须提请批准。",
    "Only a group that is being set up is amended; afterwards members and rules change by proposal.",
)


def amend_group(act: Act, actor: Actor, group_id: int, version: int | None, new: NewGroup) -> int:
    """Write a draft anew as `new` says (what is above it stays); return its new version.

    NotFoundError, ForbiddenError outside the office, StaleError on another version, ConflictError once it is
    established, InvalidError.
    """
    item, _ = load_for_actor(act.connection, group_id, actor.person_id, act.now, act.today, lock=True)
    if item.kind != "leadership_group":
        raise NotFoundError
    capacity = require_office(actor, "leadership_group")
    if version != item.version:
        raise StaleError(item.version, version)
    if item.state != "draft":
        raise ConflictError("wrong_state", _NO_DRAFT)
    title = clean(new.title)
    if not title or len(title) > TITLE_MAX:
        said = Sentence(f"应有1至{TITLE_MAX}字。", f"1 to {TITLE_MAX} characters.")
        raise InvalidError([Fault("title", said)])
    check_group(act, new)
    changed = {"title": title, "sort_key": sort_key(title), "search_text": search_text(title), "version": version + 1,
               "owner_department_id": new.office_department_id}  # fmt: skip
    guarded = update(Item).where(Item.id == group_id, Item.version == version)
    if act.connection.execute(guarded.values(**changed)).rowcount != 1:
        raise StaleError(version + 1, version)
    act.connection.execute(
        update(LeadershipGroup)
        .where(LeadershipGroup.item_id == group_id)
        .values(
            office_department_id=new.office_department_id, duties=new.duties, document=new.document,
            term_from_on=new.term_from_on, term_until_on=new.term_until_on,
            procedure=read_procedure(new.procedure).body(),
        )
    )  # fmt: skip
    # Seats of a draft were never held: they are written anew.
    act.connection.execute(delete(GroupSeat).where(GroupSeat.group_id == group_id))
    for one in new.seats:
        seat(act.connection, group_id, one.role, one.post_id, one.rank, act.today)
    write_units(act.connection, group_id, act.today)
    access.refresh(act.connection, [group_id])
    amended = load(act.connection, group_id)
    acting = Acting(act.acting.person_id, OFFICE.name, capacity)
    write_history(act.connection, amended, acting, act.now, action="amend", from_state=item.state,
                  to_state=item.state, data={"title": title, "seats": len(new.seats)})  # fmt: skip
    act.audit("amend", f"item:{group_id}", item_id=group_id, before={"title": item.title}, after={"title": title})
    return amended.version
