"""/departments: everybody reads names and codes; administrators add, rename, merge and close."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.organising import CREATED, write_once
from app.edge.administering import may_look_after, require_keeper
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.queries.charge import count_open_work
from app.queries.department import page_departments, read_view
from app.schemas.organisation import (
    CloseSchema,
    DepartmentDetailSchema,
    DepartmentPageSchema,
    DepartmentQuerySchema,
    DepartmentSchema,
    MergePlanSchema,
    MergeQuerySchema,
    MergeSchema,
    NewDepartmentSchema,
    RenameSchema,
)
from app.services.act import Act
from app.services.organisation import department
from app.services.organisation.department import DepartmentNames, require_department, require_version
from app.services.organisation.merge_plan import plan_merge
from app.services.organisation.merging import merge_department

api = Blueprint("api_department", __name__)

DEPARTMENT = "/departments/<int(max=9223372036854775807):department_id>"


@api.get("/departments")
def list_all() -> dict[str, Any]:
    """List the departments by pinyin, with their former names."""
    given = read_query(DepartmentQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        page = page_departments(unit.connection(), context.today(), with_closed=given["closed"], words=given["q"],
                                limit=given["limit"], cursor=given["cursor"])  # fmt: skip
    return dump(DepartmentPageSchema, page)


@api.get(DEPARTMENT)
def show_one(department_id: int) -> Answer:
    """Show one department; its ETag is the version that a rename, a merge or a closing must name."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        view = read_view(unit.connection(), department_id)
        work = count_open_work(unit.connection(), [department_id])[department_id] if may_look_after(actor) else None
    shown = {**dump(DepartmentSchema, view), "open_work": None}
    if work is not None:
        shown["open_work"] = {"lead": work.lead, "support": work.support, "signature": work.signature}
    return {name: shown[name] for name in DepartmentDetailSchema().fields}, 200, etag(view.version)


@api.post("/departments")
def create() -> Answer:
    """Add a department."""
    given = read_body(NewDepartmentSchema)
    return write_once(given, lambda act: _create(act, given), status=CREATED)


def _create(act: Act, given: dict[str, Any]) -> dict[str, Any]:
    parent_id = None if given["parent"] is None else require_department(act.connection, given["parent"], "parent")
    names = DepartmentNames(given["name"], given["name_en"], given["short_name"])
    added = department.add_department(act, given["code"], names, parent_id=parent_id, from_on=given["from_on"])
    return _show(act, added)


@api.post(f"{DEPARTMENT}/rename")
def rename(department_id: int) -> Answer:
    """Give a department another name from a day on; the former one stays."""
    given, version = read_body(RenameSchema), read_version()
    names = DepartmentNames(given["name"], given["name_en"], given["short_name"])

    def work(act: Act) -> dict[str, Any]:
        require_version(act.connection, department_id, version)
        department.rename_department(act, department_id, names, on=given["on"])
        return _show(act, department_id)

    return write_once(given, work, version=version)


@api.get(f"{DEPARTMENT}/merge/plan")
def plan(department_id: int) -> Answer:
    """Show what a merge would move and what to look at first; nothing is written."""
    given = read_query(MergeQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_keeper(unit, caller_id())
        connection = unit.connection()
        into_id = require_department(connection, given["into"], "into")
        found = plan_merge(connection, department_id, into_id, context.today(), on=given["on"])
    return dump(MergePlanSchema, found), 200, etag(found.version)


@api.post(f"{DEPARTMENT}/merge")
def merge(department_id: int) -> Answer:
    """Merge a department into another one, as planned; the answer is the plan that was carried out."""
    given, version = read_body(MergeSchema), read_version()

    def work(act: Act) -> dict[str, Any]:
        require_version(act.connection, department_id, version)
        into_id = require_department(act.connection, given["into"], "into")
        done = merge_department(act, department_id, into_id, on=given["on"])
        return {**dump(MergePlanSchema, done), "version": done.version + 1}

    return write_once(given, work, version=version)


@api.post(f"{DEPARTMENT}/close")
def close(department_id: int) -> Answer:
    """Close a department to which nothing open refers any more."""
    given, version = read_body(CloseSchema), read_version()

    def work(act: Act) -> dict[str, Any]:
        require_version(act.connection, department_id, version)
        department.close_department(act, department_id, on=given["on"])
        return _show(act, department_id)

    return write_once(given, work, version=version)


def _show(act: Act, department_id: int) -> dict[str, Any]:
    return dump(DepartmentSchema, read_view(act.connection, department_id))
