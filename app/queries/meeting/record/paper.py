"""What the papers of a meeting are made from beside its minutes: files of the agenda, what changed since the notice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.attachment import Attachment
from app.models.item import Item
from app.models.meeting import MeetingParticipant
from app.models.organisation import Department, Person, Post
from app.models.record import History
from app.queries.item import is_readable

_CALLED_OFF = ("postpone", "cancel")
#: The steps that move a meeting or call it off.
MOVED = ("reschedule", "arrange", "postpone", "cancel")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that hangs on the meeting or on a topic of its agenda."""

    item_id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    unit: str | None
    unit_en: str | None


def list_files(connection: Connection, readers: Sequence[str], item_ids: Iterable[int]) -> tuple[FileRow, ...]:
    """Return the files of items as far as `readers` may read these, in the order of adding; one statement."""
    rows = connection.execute(
        select(
            Item.id, Attachment.name, Attachment.media_type, Attachment.size_bytes, Attachment.sha256,
            Department.name, Department.name_en,
        )
        .join(Item, Item.id == Attachment.item_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(Attachment.item_id.in_(list(item_ids)), Attachment.removed_at.is_(None), is_readable(readers))
        .order_by(Attachment.id)
    )  # fmt: skip
    return tuple(FileRow(*row) for row in rows)


def list_posts(connection: Connection, meeting_id: int) -> dict[int, tuple[str, str | None]]:
    """Return the titles of the posts that are invited to a meeting the caller was shown, by the row of the list."""
    rows = connection.execute(
        select(MeetingParticipant.id, Post.title, Post.title_en)
        .join(Post, Post.id == MeetingParticipant.post_id)
        .where(MeetingParticipant.meeting_id == meeting_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def find_change(connection: Connection, meeting_id: int) -> tuple[str, str] | None:
    """Return the last step that moved a meeting or called it off, with its reason; None when none did."""
    row: Any = connection.execute(
        select(History.action, History.data)
        .where(History.item_id == meeting_id, History.action.in_(MOVED))
        .order_by(History.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    kind = "cancelled" if row.action in _CALLED_OFF else "changed"
    return kind, str(row.data.get("reason") or "")


def find_participant(connection: Connection, meeting_id: int, person_id: int) -> tuple[str, str | None, str] | None:
    """Return unit (in both languages) and name under which somebody takes part, also as a stand-in; None: they do not.

    One statement; a person who is asked twice counts with the first.
    """
    row = connection.execute(
        select(Department.name, Department.name_en, Person.name)
        .select_from(MeetingParticipant)
        .join(Person, Person.id == person_id)
        .outerjoin(Department, Department.id == MeetingParticipant.department_id)
        .where(
            MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None),
            (MeetingParticipant.person_id == person_id) | (MeetingParticipant.stand_in_id == person_id),
        )
        .order_by(MeetingParticipant.id)
    ).first()  # fmt: skip
    return None if row is None else (row[0] or "", row[1], row[2])
