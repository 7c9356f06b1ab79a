"""Project templates as they are offered: the newest version of each key, and any version by its id."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.item import Project
from app.models.template import ProjectTemplate
from workflows.template import Template
from workflows.template_reader import read_body

_COLUMNS = (
    ProjectTemplate.id, ProjectTemplate.key, ProjectTemplate.version, ProjectTemplate.source, ProjectTemplate.body,
    ProjectTemplate.made_from_item_id, ProjectTemplate.created_at, ProjectTemplate.retired_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A stored version of a template with what it says."""

    id: int
    key: str
    version: int
    source: str
    made_from_item_id: int | None
    created_at: datetime
    retired_at: datetime | None
    template: Template


def list_templates(connection: Connection) -> list[TemplateRow]:
    """Return the newest offered version of each template: shipped ones first, then by key. One statement."""
    newest = (
        select(ProjectTemplate.key, func.max(ProjectTemplate.version).label("version"))
        .where(ProjectTemplate.retired_at.is_(None))
        .group_by(ProjectTemplate.key)
        .subquery()
    )
    statement = (
        select(*_COLUMNS)
        .join(newest, (newest.c.key == ProjectTemplate.key) & (newest.c.version == ProjectTemplate.version))
        .order_by(ProjectTemplate.source.desc(), ProjectTemplate.key)
    )
    return _read(connection, statement)


def find_template(connection: Connection, template_id: int) -> TemplateRow:
    """Return one stored version, also a retired one; NotFoundError when there is none."""
    return _one(_read(connection, select(*_COLUMNS).where(ProjectTemplate.id == template_id)))


def find_template_by_key(connection: Connection, key: str) -> TemplateRow:
    """Return the newest offered version of `key`; NotFoundError when there is none."""
    statement = (
        select(*_COLUMNS)
        .where(ProjectTemplate.key == key, ProjectTemplate.retired_at.is_(None))
        .order_by(ProjectTemplate.version.desc())
        .limit(1)
    )
    return _one(_read(connection, statement))


def find_template_of(connection: Connection, item_id: int) -> TemplateRow | None:
    """Return the version that a project was made from (its gate lines, expected documents, indicators), if any."""
    code = ProjectTemplate.key + "@" + cast(ProjectTemplate.version, String)
    statement = select(*_COLUMNS).join(Project, Project.template == code).where(Project.item_id == item_id)
    found = _read(connection, statement)
    return found[0] if found else None


def _read(connection: Connection, statement: "Select[*tuple[Any, ...]]") -> list[TemplateRow]:
    return [
        TemplateRow(
            row.id, row.key, row.version, row.source, row.made_from_item_id, row.created_at, row.retired_at,
            read_body(json.loads(row.body), f"{row.key}@{row.version}"),
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def _one(rows: list[TemplateRow]) -> TemplateRow:
    if not rows:
        raise NotFoundError("没有这个项目模板。", "There is no such template.")
    return rows[0]
