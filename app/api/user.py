"""/users: everybody reads names and posts; administrators add people, let them go and hand over what they had."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.organising import CREATED, write_once
from app.core.errors import ConflictError, Sentence
from app.edge.account import prepare_hash, telling
from app.edge.administering import may_look_after, require_keeper
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.policy.people import Actor
from app.queries.person import PersonView, page_people, read_person
from app.schemas.handover import HandedSchema, HandoverPlanSchema, HandoverQuerySchema, HandoverSchema
from app.schemas.organisation import DeactivateSchema, NewUserSchema, UserPageSchema, UserQuerySchema, UserSchema
from app.services.act import Act
from app.services.organisation.department import require_department
from app.services.organisation.handover import Choice, Handed, hand_over
from app.services.organisation.handover_plan import plan_handover
from app.services.organisation.person import add_person, deactivate_person
from app.services.organisation.post import fill_post, list_charges

api = Blueprint("api_user", __name__)

USER = "/users/<int(max=9223372036854775807):person_id>"
_SHOWN = 5


@api.get("/users")
def list_all() -> dict[str, Any]:
    """List people by pinyin with their posts."""
    given = read_query(UserQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor, connection = require_actor(unit, caller_id()), unit.connection()
        name = given["department"]
        department_id = None if name is None else require_department(connection, name, "department")
        page = page_people(connection, context.today(), department_id=department_id, is_active=given["active"],
                           words=given["q"], limit=given["limit"], cursor=given["cursor"])  # fmt: skip
    rows = [_veil(row, actor) for row in page.items]
    return dump(UserPageSchema, {"items": rows, "next_cursor": page.next_cursor})


@api.get(USER)
def show_one(person_id: int) -> dict[str, Any]:
    """Show one person."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        view = read_person(unit.connection(), person_id, context.today())
    return dump(UserSchema, _veil(view, actor))


def _veil(view: PersonView, actor: Actor) -> dict[str, Any] | PersonView:
    """Return a person as `actor` may see them: how others log in and are reached is not for everybody."""
    if may_look_after(actor) or actor.person_id == view.id:
        return view
    shown = {name: getattr(view, name) for name in ("id", "name", "is_active", "posts")}
    return {**shown, "login": None, "email": None}


@api.post("/users")
def create() -> Answer:
    """Add a person with a first post."""
    given = read_body(NewUserSchema)
    password = given.pop("password")
    # The hash is slow and differs each time: made before the unit, no part of what a key stands for.
    password_hash, lacks = prepare_hash(current_context(), given["login"], given["name"], password)

    def work(act: Act) -> dict[str, Any]:
        department_id = require_department(act.connection, given["department"], "department")
        with telling(lacks):
            person_id = add_person(
                act, given["login"], given["name"], password_hash=password_hash, is_given=True,
                email=given["email"],
            )  # fmt: skip
        fill_post(act, department_id, given["role"], person_id, is_director=given["director"])
        return dump(UserSchema, read_person(act.connection, person_id, act.today))

    return write_once(given, work, status=CREATED)


@api.post(f"{USER}/deactivate")
def deactivate(person_id: int) -> Answer:
    """End a person's posts, tokens and sessions; while they are in charge of something only with `release`."""
    given = read_body(DeactivateSchema)

    def work(act: Act) -> dict[str, Any]:
        if not given["release"]:
            refuse_while_in_charge(act, person_id)
        deactivate_person(act, person_id)
        return dump(UserSchema, read_person(act.connection, person_id, act.today))

    return write_once(given, work)


def refuse_while_in_charge(act: Act, person_id: int) -> None:
    """Raise ConflictError when the person is in charge of open items, with the first few and what can be done."""
    charges = list_charges(act.connection, person_id)
    if not charges:
        return
    first = "、".join(f"#{item_id}" for item_id, _ in charges[:_SHOWN])
    count = len(charges)
    raise ConflictError(
        "still_in_charge",
        Sentence(
            f"此人仍承办{count}个在办事项（{first}）：请先移交；或以release确认，由各部门负责人承接。",
            f"They are in charge of {count} open item{'s' * (count != 1)} ({first}): hand over first, or confirm"
            " with release that these fall to the heads.",
        ),
    )


@api.get(f"{USER}/handover/plan")
def plan(person_id: int) -> dict[str, Any]:
    """Show what waits on a person and who would take it over; nothing is written."""
    given = read_query(HandoverQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        require_keeper(unit, caller_id())
        found = plan_handover(unit.connection(), person_id, context.today(), to_id=given["to"],
                              ends_posts=given["end_posts"])  # fmt: skip
    return dump(HandoverPlanSchema, found)


@api.post(f"{USER}/handover")
def hand_over_all(person_id: int) -> Answer:
    """Hand over what waits on a person, as seen in the plan whose `basis` is given; 409 when that has changed."""
    given = read_body(HandoverSchema)
    choice = Choice(
        to_id=given["to"],
        items={one["id"]: one["to"] for one in given["items"]},
        posts={one["holding_id"]: one["to"] for one in given["posts"]},
        on=given["on"],
        ends_posts=given["end_posts"],
        deactivates=given["deactivate"],
        basis=given["basis"],
    )
    return write_once(given, lambda act: show_handed(hand_over(act, person_id, choice)))


def show_handed(handed: Handed) -> dict[str, Any]:
    """Return what a hand-over did as the API shows it."""
    items = [{"id": item_id, "to": to_id} for item_id, to_id in handed.items]
    shown = {name: getattr(handed, name) for name in handed.__slots__}
    return dump(HandedSchema, {**shown, "items": items})
