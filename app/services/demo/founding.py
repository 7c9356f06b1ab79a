"""Founds the made-up city: its departments and sections, its people, each in one post."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.organisation import Department
from app.services.act import Act
from app.services.demo.story import DemoCity
from app.services.organisation.department import DepartmentNames, add_department
from app.services.organisation.password import hash_password
from app.services.organisation.person import add_person, find_person
from app.services.organisation.post import add_post, appoint
from app.services.recording import Acting

#: The departments and posts are older than the story.
_OLDER = timedelta(days=730)
#: What everybody's password is hashed for: the accounts are made up and share one hash.
_ANYBODY = "somebody"


def is_empty(session: Session) -> bool:
    """Whether the database holds no department yet."""
    return session.execute(select(func.count()).select_from(Department)).scalar_one() == 0


def found_city(session: Session, city: DemoCity, now: datetime, today: date) -> tuple[dict[str, int], dict[str, int]]:
    """Write departments and people; returns their ids by code and by login."""
    connection = session.connection()
    system_id = find_person(connection, "system")
    if system_id is None:
        raise AssertionError("an upgraded database has its built-in accounts")
    act = Act(connection, Acting(system_id, "system"), now, today - _OLDER, "demo")
    departments: dict[str, int] = {}
    for one in city.departments:
        above = departments[one.parent] if one.parent else None
        departments[one.code] = add_department(act, one.code, DepartmentNames(one.name, one.name_en), parent_id=above)
    password_hash = hash_password(_ANYBODY, city.password)
    people: dict[str, int] = {}
    for person in city.people:
        people[person.login] = add_person(act, person.login, person.name, password_hash=password_hash)
        post_id = add_post(
            act, departments[person.department], person.duty, title=person.title, title_en=person.title_en,
            is_director=person.is_director,
        )  # fmt: skip
        appoint(act, post_id, people[person.login])
    return departments, people
