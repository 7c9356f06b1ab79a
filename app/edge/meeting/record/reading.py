"""Minutes as somebody reads them: an issued version or the draft, cut to what they may read, with its comments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import NotFoundError
from app.edge.context import Unit
from app.policy.people import Actor
from app.queries.meeting.record.minutes import (
    NO_VERSION,
    CommentRow,
    Cut,
    MeetingHead,
    VersionRow,
    cut_content,
    find_meeting,
    list_comments,
    list_own_units,
    list_versions,
    read_content,
    sees_draft,
)
from app.services.meeting.record.content import assemble
from workflows.roles import Duty


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes for one reader; `version` None: the draft. `own_units` are those for which the reader may comment."""

    meeting: MeetingHead
    versions: tuple[VersionRow, ...]
    version: VersionRow | None
    cut: Cut
    comments: tuple[CommentRow, ...]
    own_units: tuple[int, ...]
    is_office: bool

    @property
    def before(self) -> VersionRow | None:
        """The issued version that the shown one replaced."""
        if self.version is None:
            return None
        number = self.version.version - 1
        return next((row for row in self.versions if row.version == number), None)


def read_minutes(unit: Unit, actor: Actor, meeting_id: int, version: int | None = None) -> Minutes:
    """Return the minutes of a meeting: a version, without one the last, before any is issued the draft.

    NotFoundError when the meeting may not be read, has no such version, or no draft that the reader may see.
    """
    connection = unit.connection()
    meeting = find_meeting(connection, actor.readers, meeting_id)
    versions = list_versions(connection, meeting_id)
    shown = _choose(versions, version)
    content: Mapping[str, Any]
    if shown is not None:
        content = read_content(connection, meeting_id, shown.version)
    elif version is None and sees_draft(actor, meeting):
        content = assemble(connection, meeting_id)
    else:
        raise NotFoundError(*NO_VERSION)
    return Minutes(
        meeting, versions, shown, cut_content(connection, actor.readers, content),
        list_comments(connection, actor.readers, meeting_id),
        tuple(list_own_units(actor, meeting)) if meeting.is_commented else (),
        any(held.duty is Duty.OFFICE for held in actor.on_kind("meeting").capacities),
    )  # fmt: skip


def _choose(versions: tuple[VersionRow, ...], wanted: int | None) -> VersionRow | None:
    if wanted is None:
        return versions[0] if versions else None
    return next((row for row in versions if row.version == wanted), None)


def read_pair(unit: Unit, actor: Actor, meeting_id: int, first: int, second: int) -> tuple[Minutes, Minutes]:
    """Return two versions of a meeting's minutes to be compared; NotFoundError as `read_minutes`."""
    return read_minutes(unit, actor, meeting_id, first), read_minutes(unit, actor, meeting_id, second)
