"""The values from which a step's fields may be chosen: people of the departments concerned, departments, sections."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Department, Holding, Person, Post
from app.services.loading import Loaded
from app.services.meeting.topic.choosing import list_chairs, list_merging
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class OfferedOption:
    """A value that may be given."""

    value: str
    label: Text


def find_options(
    connection: Connection, item: Loaded, today: date, kinds: Collection[str], readers: tuple[str, ...] = ()
) -> dict[str, tuple[OfferedOption, ...]]:
    """Return the options for those of `kinds` (fields' kinds) that are chosen from what the city has today.

    Items are offered only as far as `readers` may read them.
    """
    found: dict[str, tuple[OfferedOption, ...]] = {}
    if "person" in kinds:
        found["person"] = _people(connection, item, today)
    if {"department", "parts"} & set(kinds):
        # A row of a list of tasks-to-be names a department, too.
        found["department"] = found["parts"] = _departments(connection, today, None)
    if "section" in kinds and item.owner_department_id is not None:
        found["section"] = _departments(connection, today, item.owner_department_id)
    if "post" in kinds and item.kind == "meeting":
        chairs = list_chairs(connection, item.id, today)
        found["post"] = tuple(OfferedOption(str(post_id), label) for post_id, label in chairs)
    if "item" in kinds and item.kind == "agenda_item":
        topics = list_merging(connection, readers, item.id)
        found["item"] = tuple(OfferedOption(str(topic_id), Text(title, title)) for topic_id, title in topics)
    return found


def _people(connection: Connection, item: Loaded, today: date) -> tuple[OfferedOption, ...]:
    """Return who can be put in charge: heads and members of the item's department and its section, by name."""
    units = [unit for unit in (item.owner_department_id, item.section_id) if unit is not None]
    rows = connection.execute(
        select(Person.id, Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Person.is_active,
            Post.department_id.in_(units),
            Post.duty.in_(("head", "member")),
            or_(Post.to_on.is_(None), Post.to_on > today),
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .group_by(Person.id, Person.name, Person.sort_key)
        .order_by(Person.sort_key, Person.id)
    )
    return tuple(OfferedOption(str(person_id), Text(name, name)) for person_id, name in rows)


def _departments(connection: Connection, today: date, parent_id: int | None) -> tuple[OfferedOption, ...]:
    """Return the departments of today at the top, or the sections below one."""
    rows = connection.execute(
        select(Department.id, Department.name, Department.name_en)
        .where(
            Department.parent_id.is_(None) if parent_id is None else Department.parent_id == parent_id,
            or_(Department.to_on.is_(None), Department.to_on > today),
        )
        .order_by(Department.sort_key, Department.id)
    )
    return tuple(OfferedOption(str(row.id), Text(row.name, row.name_en or row.name)) for row in rows)
