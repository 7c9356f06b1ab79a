"""/posts: everybody reads who holds what; administrators add, fill and vacate posts."""

from dataclasses import replace
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.organising import CREATED, write_once
from app.api.user import refuse_while_in_charge
from app.core.errors import ConflictError, NotFoundError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.queries.post import list_holders, list_posts
from app.schemas.organisation import (
    FillSchema,
    NewPostSchema,
    PostPageSchema,
    PostQuerySchema,
    PostSchema,
    VacateSchema,
)
from app.services.act import Act
from app.services.organisation.department import require_department
from app.services.organisation.post import add_post, appoint, close_post, vacate

api = Blueprint("api_post", __name__)

POST = "/posts/<int(max=9223372036854775807):post_id>"


@api.get("/posts")
def list_all() -> dict[str, Any]:
    """List the posts that run today, with their holders."""
    given = read_query(PostQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, caller_id())
        connection, name = unit.connection(), given["department"]
        ids = None if name is None else [require_department(connection, name, "department")]
        page = list_posts(connection, context.today(), department_ids=ids, is_vacant=given["vacant"],
                          limit=given["limit"], cursor=given["cursor"])  # fmt: skip
    return dump(PostPageSchema, page)


@api.post("/posts")
def create() -> Answer:
    """Add a post that begins today."""
    given = read_body(NewPostSchema)

    def work(act: Act) -> dict[str, Any]:
        department_id = require_department(act.connection, given["department"], "department")
        post_id = add_post(act, department_id, given["role"], title=given["title"], title_en=given["title_en"],
                           is_director=given["director"])  # fmt: skip
        return _show(act, post_id)

    return write_once(given, work, status=CREATED)


@api.post(f"{POST}/fill")
def fill(post_id: int) -> Answer:
    """Let a person hold a post from a day on."""
    given = read_body(FillSchema)

    def work(act: Act) -> dict[str, Any]:
        appoint(act, post_id, given["person"], from_on=given["from_on"])
        return _show(act, post_id)

    return write_once(given, work)


@api.post(f"{POST}/vacate")
def leave(post_id: int) -> Answer:
    """Take a person off a post; while they are in charge of something only with `release`."""
    given = read_body(VacateSchema)

    def work(act: Act) -> dict[str, Any]:
        held = list_holders(act.connection, [post_id], act.today).get(post_id, ())
        mine = [one.holding_id for one in held if one.person_id == given["person"]]
        if not mine:
            _show(act, post_id)
            raise ConflictError("not_held", Sentence("此人不在此岗位。", "This person does not hold this post."))
        if not given["release"]:
            refuse_while_in_charge(act, given["person"])
        for holding_id in mine:
            vacate(act, holding_id, on=given["on"])
        return _show(act, post_id)

    return write_once(given, work)


@api.post(f"{POST}/close")
def close(post_id: int) -> Answer:
    """End a post today; 409 while somebody holds it, 404 when it has ended already."""

    def work(act: Act) -> dict[str, Any]:
        view = next(iter(list_posts(act.connection, act.today, post_id=post_id).items), None)
        if view is None:
            raise NotFoundError("没有这个岗位。", "There is no such post.")
        close_post(act, post_id)
        return dump(PostSchema, replace(view, to_on=max(act.today, view.from_on)))

    return write_once({}, work)


def _show(act: Act, post_id: int) -> dict[str, Any]:
    found = list_posts(act.connection, act.today, post_id=post_id).items
    if not found:
        raise NotFoundError("没有这个岗位。", "There is no such post.")
    return dump(PostSchema, found[0])
