"""Names of what acts of the log were done to, for the rows of one page: people, posts, departments, documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from app.models.document import SourceDocument
from app.models.organisation import Department, Person, Post
from app.policy.document import can_read_document
from app.policy.people import Actor

_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class SubjectName:
    """What a subject is called; `place` and `place_en` are its department's, None for what belongs to none."""

    kind: str
    id: int
    name: str
    name_en: str | None = None
    place: str | None = None
    place_en: str | None = None


def name_subjects(connection: Connection, actor: Actor, subjects: Iterable[str | None]) -> dict[str, SubjectName]:
    """Return names by subject as the log has it (`person:7`), at most one statement a kind.

    A document only where `actor` may read it; what has no name, or is gone, is left out.
    """
    wanted: dict[str, set[int]] = {}
    for subject in subjects:
        kind, _colon, number = (subject or "").partition(":")
        if kind in _KINDS and number.isascii() and number.isdigit() and len(number) <= _DIGITS_MAX:
            wanted.setdefault(kind, set()).add(int(number))
    found: dict[str, SubjectName] = {}
    for kind, ids in wanted.items():
        statement = _select(kind, actor).where(_KINDS[kind].in_(ids))
        found |= {f"{kind}:{row[0]}": SubjectName(kind, *row) for row in connection.execute(statement)}
    return found


_KINDS: dict[str, Any] = {
    "person": Person.id, "post": Post.id, "department": Department.id, "document": SourceDocument.id,
}  # fmt: skip


def _select(kind: str, actor: Actor) -> Select[*tuple[Any, ...]]:
    match kind:
        case "person":
            return select(Person.id, Person.name)
        case "post":
            return select(Post.id, Post.title, Post.title_en, Department.name, Department.name_en).join(
                Department, Department.id == Post.department_id
            )
        case "department":
            return select(Department.id, Department.name, Department.name_en)
        case _:
            return select(SourceDocument.id, SourceDocument.title).where(can_read_document(actor))
