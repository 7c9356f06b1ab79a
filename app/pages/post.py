"""A visitor's posts in words: the department, then the duty, each said once."""

from dataclasses import replace
from datetime import date

from app.core.errors import Sentence
from app.edge.unit import Unit
from app.policy.people import find_actor
from app.queries.department import DepartmentRow, list_departments
from app.queries.visitor import HeldPost, list_held_posts
from workflows.roles import DUTY_LABELS, Duty

_OFFICE = DUTY_LABELS[Duty.OFFICE]
_DIRECTOR = Sentence("主任", "director")


def name_posts(unit: Unit, person_id: int, today: date) -> tuple[HeldPost, ...]:
    """Return the posts that a person holds on `today`, named for reading: 市交通运输局 · 部门负责人.

    An office post that is called after the office itself is named by its department alone, its director's 主任.
    """
    connection = unit.connection()
    posts = list_held_posts(connection, person_id, today)
    if not posts:
        return ()
    departments = {row.id: row for row in list_departments(connection, today, with_closed=True)}
    directed: set[int] = set()
    if any(post.duty == Duty.OFFICE for post in posts):
        actor = find_actor(connection, person_id, today)
        directed = {held.post_id for held in actor.capacities if held.is_director} if actor else set()
    return tuple(_name(post, departments[post.department_id], is_director=post.post_id in directed) for post in posts)


def _name(post: HeldPost, department: DepartmentRow, *, is_director: bool) -> HeldPost:
    name, name_en = department.name, department.name_en or department.name
    title, title_en = post.label.zh.removeprefix(name), post.label.en.removeprefix(f"{name_en}, ")
    if post.duty == Duty.OFFICE and title == _OFFICE.zh:
        if not is_director:
            return replace(post, label=Sentence(name, name_en))
        title, title_en = _DIRECTOR.zh, _DIRECTOR.en
    return replace(post, label=Sentence(f"{name} · {title}", f"{name_en}, {title_en}"))
