"""Saved views: a list's address under a name, one's own or, from the office, offered to everybody.

A view holds an address, never rows: whoever opens a shared one sees what they may read. Saving under a known name
stores the address anew; saving the same address under another name renames the view.
"""

from sqlalchemy import delete, insert, select, update

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import fold
from app.models.personal import QUERY_MAX, SavedView
from app.services.act import Act, read_name

#: What a tab holds.
NAME_LONGEST = 30
#: How many views one person keeps for one list.
VIEWS_MAX = 30

_OFFICE_ONLY = Sentence("共享视图由协调办公室保存。", "Views for everybody are kept by the coordination office.")
_NONE = ("没有这个视图。", "There is no such view.")


def save_view(act: Act, place: str, name: str, query: str, *, is_shared: bool, is_office: bool) -> tuple[int, bool]:
    """Save the address `query` of the list `place` under `name`; returns the view's id and whether it is new.

    `query` is the address in its shortest form, so that equal lists are equal texts. InvalidError lists every fault;
    ForbiddenError when somebody outside the office shares; ConflictError for one too many.
    """
    faults: list[Fault] = []
    shown = read_name(faults, "name", name, NAME_LONGEST)
    if len(query) > QUERY_MAX:
        faults.append(Fault("query", Sentence("筛选条件过长，请减少一些。", "Too many filters; leave some out.")))
    if faults or shown is None:
        raise InvalidError(faults)
    if is_shared and not is_office:
        raise ForbiddenError("office_only", _OFFICE_ONLY)
    act.take_turn("saved_view")
    own = act.connection.execute(
        select(SavedView.id, SavedView.name, SavedView.query).where(
            SavedView.person_id == act.acting.person_id, SavedView.place == place
        )
    ).all()
    by_name = next((row for row in own if fold(row.name) == fold(shown)), None)
    found = by_name or next((row for row in own if row.query == query), None)
    values = {"name": shown, "query": query, "is_shared": is_shared}
    if found is not None:
        act.connection.execute(update(SavedView).where(SavedView.id == found.id).values(**values))
        before = {"name": found.name, "query": found.query}
        act.audit("save_view", f"view:{found.id}", before=before, after={"place": place, **values})
        return found.id, False
    if len(own) >= VIEWS_MAX:
        said = Sentence(f"每个列表最多保存{VIEWS_MAX}个视图。", f"At most {VIEWS_MAX} views of one list are kept.")
        raise ConflictError("views_full", said)
    view_id = act.connection.execute(
        insert(SavedView)
        .values(person_id=act.acting.person_id, place=place, created_at=act.now, **values)
        .returning(SavedView.id)
    ).scalar_one()
    act.audit("save_view", f"view:{view_id}", after={"place": place, **values})
    return view_id, True


def delete_view(act: Act, view_id: int, *, is_office: bool) -> None:
    """Take a view away: one's own, and for the office any that is shared; NotFoundError for any other."""
    found = act.connection.execute(
        select(SavedView.person_id, SavedView.place, SavedView.name, SavedView.query, SavedView.is_shared).where(
            SavedView.id == view_id
        )
    ).first()
    is_own = found is not None and found.person_id == act.acting.person_id
    if found is None or not (is_own or (found.is_shared and is_office)):
        raise NotFoundError(*_NONE)
    act.connection.execute(delete(SavedView).where(SavedView.id == view_id))
    before = {"place": found.place, "name": found.name, "query": found.query, "is_shared": found.is_shared}
    act.audit("delete_view", f"view:{view_id}", before=before)
