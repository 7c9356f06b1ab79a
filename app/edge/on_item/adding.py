"""What pages and API share of remarks and copies: who asks, what they may do, what reading leaves behind."""

from app.core.errors import ForbiddenError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.policy.note import list_note_departments
from app.policy.people import Actor
from app.queries.on_item.copy import CopyPage, list_copies_of
from app.queries.on_item.people import ReaderRow, list_item_readers
from app.services.loading import load_for_actor
from app.services.on_item.copying import find_refusal, mark_item_opened
from app.services.on_item.standing import find_standing


def may_send_copies(context: Context, unit: Unit, actor: Actor, item_id: int) -> bool:
    """Whether somebody who may read an item may send copies of it (an archived one apart). Two statements."""
    connection = unit.connection()
    try:
        standing = find_standing(connection, item_id, actor.person_id, context.now(), context.today(), lock=False)
    except ForbiddenError:
        return False
    return find_refusal(context.book, connection, standing) is None


def show_copies_of(
    context: Context, unit: Unit, person_id: int, item_id: int, *, limit: int, cursor: str | None
) -> CopyPage:
    """Return a page of an item's copies as somebody sees them; NotFoundError when they may not read the item."""
    actor = require_actor(unit, person_id)
    knows_all = may_send_copies(context, unit, actor, item_id)
    return list_copies_of(
        unit.connection(), actor.readers, item_id, person_id, knows_all=knows_all, limit=limit, cursor=cursor
    )


def find_people(
    context: Context, unit: Unit, person_id: int, item_id: int, words: str, *, is_note: bool, limit: int
) -> tuple[ReaderRow, ...]:
    """Return whom somebody may name in a remark (or note) on an item; NotFoundError when they may not read it."""
    connection, actor = unit.connection(), require_actor(unit, person_id)
    department_id = None
    if is_note:
        item, own = load_for_actor(connection, item_id, person_id, context.now(), context.today(), lock=False)
        known = list_note_departments(own.on_kind(item.kind))
        if not known:
            return ()
        department_id = known[0]
    return list_item_readers(
        connection, actor.readers, item_id, context.today(), words=words, note_department_id=department_id,
        without=person_id, limit=limit,
    )  # fmt: skip


def note_opening(context: Context, person_id: int, item_id: int) -> None:
    """Note that somebody has opened an item of which they got a copy that was unread."""
    now = context.now()
    context.database.write(lambda unit: mark_item_opened(unit.connection(), person_id, now, item_id))
