"""Keeps templates as versions: one that changed is stored beside its former one, never altered in place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.models.organisation import Person
from app.models.template import ProjectTemplate
from app.policy.people import Actor
from app.services.act import Act
from app.services.recording import Acting
from app.services.template.shipped import read_shipped_templates
from workflows.machine import canonical, fingerprint
from workflows.roles import Duty
from workflows.template import Template, TemplateError, locate_fault
from workflows.template_reader import read_body, read_template
from workflows.template_writer import make_body


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A version of a template; `is_new`: this call stored it."""

    id: int
    version: int
    template: Template
    is_retired: bool = False
    is_new: bool = False


def store_templates(connection: Connection, now: datetime) -> int:
    """Store the shipped templates that the database lacks, or has in another version; returns how many (idempotent).

    Follows `flask db upgrade`, as the workflow tables do.
    """
    newest = {
        row.key: row
        for row in connection.execute(
            select(ProjectTemplate.key, ProjectTemplate.sha256)
            .where(ProjectTemplate.source == "shipped")
            .order_by(ProjectTemplate.version)
        )
    }
    last: dict[str, int] = {
        row[0]: row[1]
        for row in connection.execute(
            select(ProjectTemplate.key, func.max(ProjectTemplate.version)).group_by(ProjectTemplate.key)
        )
    }
    system_id = connection.execute(select(Person.id).where(Person.login == "system")).scalar_one()
    rows = []
    for template in read_shipped_templates():
        row = _make_row(template, last.get(template.key, 0) + 1, "shipped", system_id, now)
        known = newest.get(template.key)
        if known is None or known.sha256 != row["sha256"]:
            rows.append(row)
    if rows:
        connection.execute(insert(ProjectTemplate), rows)
    return len(rows)


def _make_row(
    template: Template, version: int, source: str, person_id: int, now: datetime, item_id: int | None = None
) -> dict[str, Any]:
    body = make_body(template)
    return {
        "key": template.key, "version": version, "label": template.label.zh, "label_en": template.label.en,
        "source": source, "body": canonical(body), "sha256": fingerprint(body), "made_from_item_id": item_id,
        "created_by": person_id, "created_at": now, "retired_at": None,
    }  # fmt: skip


def parse_template(text: str, name: str) -> Template:
    """Return the template of a TOML text; InvalidError lists every fault with file, line and place."""
    try:
        return read_template(text, name)
    except TemplateError as error:
        raise as_invalid(error) from None


def parse_body(body: Mapping[str, Any], name: str) -> Template:
    """Return the template of a body that came as JSON; InvalidError lists every fault with its place."""
    try:
        return read_body(body, name)
    except TemplateError as error:
        raise as_invalid(error) from None


def as_invalid(error: TemplateError) -> InvalidError:
    """Return a template's faults as the edges tell them."""
    faults = [Fault(locate_fault(error.name, fault), Sentence(fault.says.zh, fault.says.en)) for fault in error.faults]
    return InvalidError(faults, code="template_invalid")


def add_template(act: Act, template: Template, *, item_id: int | None = None) -> StoredTemplate:
    """Store a template that people made; one that is the newest of its key already is not stored again.

    `item_id` is the project that it was taken from.
    """
    act.take_turn("project_template")
    newest = act.connection.execute(
        select(ProjectTemplate.id, ProjectTemplate.version, ProjectTemplate.sha256, ProjectTemplate.retired_at)
        .where(ProjectTemplate.key == template.key)
        .order_by(ProjectTemplate.version.desc())
        .limit(1)
    ).first()
    version = 1 if newest is None else newest.version + 1
    row = _make_row(template, version, "made", act.acting.person_id, act.now, item_id)
    if newest is not None and newest.sha256 == row["sha256"] and newest.retired_at is None:
        return StoredTemplate(newest.id, newest.version, template)
    template_id = int(
        act.connection.execute(insert(ProjectTemplate).values(**row).returning(ProjectTemplate.id)).scalar_one()
    )
    act.audit("template.add", f"template:{template.key}",
              after={"version": version, "sha256": row["sha256"], "from_item": item_id})  # fmt: skip
    return StoredTemplate(template_id, version, template, is_new=True)


def retire_template(act: Act, key: str) -> int:
    """Offer no version of `key` any more; projects made from it keep it. Returns how many versions that ended."""
    ended = act.connection.execute(
        update(ProjectTemplate)
        .where(ProjectTemplate.key == key, ProjectTemplate.retired_at.is_(None))
        .values(retired_at=act.now)
    ).rowcount
    if not ended:
        raise NotFoundError("没有这个项目模板。", "There is no such template.")
    act.audit("template.retire", f"template:{key}", after={"versions": ended})
    return ended


def load_template(connection: Connection, template_id: int) -> StoredTemplate:
    """Return a stored template, also a retired one; NotFoundError when there is none."""
    row = connection.execute(
        select(
            ProjectTemplate.id, ProjectTemplate.key, ProjectTemplate.version, ProjectTemplate.body,
            ProjectTemplate.retired_at,
        ).where(ProjectTemplate.id == template_id)
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError("没有这个项目模板。", "There is no such template.")
    template = read_body(json.loads(row.body), f"{row.key}@{row.version}")
    return StoredTemplate(row.id, row.version, template, is_retired=row.retired_at is not None)


def require_template(connection: Connection, key: str, field: str) -> int:
    """Return the id of the newest version of `key` that is offered; InvalidError names `field` when there is none."""
    found = connection.execute(
        select(ProjectTemplate.id)
        .where(ProjectTemplate.key == key, ProjectTemplate.retired_at.is_(None))
        .order_by(ProjectTemplate.version.desc())
        .limit(1)
    ).scalar()
    if found is None:
        said = Sentence(f"没有项目模板“{key}”。", f"There is no template {key!r}.")
        raise InvalidError([Fault(field, said)])
    return found


def admit_keeper(actor: Actor) -> Acting:
    """Return in which post the actor may add and retire templates: an office's or an administrator's."""
    for capacity in actor.general:
        if capacity.duty in {Duty.OFFICE, Duty.ADMIN}:
            return Acting(actor.person_id, capacity.duty.value, capacity)
    raise ForbiddenError(
        "not_yours",
        Sentence("由协调办或系统管理员办理。", "This is for the coordination office or an administrator."),
    )
