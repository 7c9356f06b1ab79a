"""A small made-up city for tests: an office, four departments, a leadership group; names plainly made up."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from app.core.database import Database
from app.core.text import fold, sort_key
from app.models.item import Item
from app.models.organisation import Department, DepartmentName, Holding, Person, Post
from app.services.entering import NewItem, enter_items
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.transitions import Outcome, Request, perform
from workflows.hours import Hours

#: A Monday, 10:00 in Shanghai.
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FIRST = date(2020, 1, 1)

DEPARTMENTS = {"OFF": "协调办公室", "TRA": "交通局", "ENE": "能源局", "POL": "公安局", "WEA": "气象局"}
POSTS = {
    "office1": (("OFF", "office", False),),
    "office2": (("OFF", "office", False),),
    "director": (("OFF", "office", True),),
    "leader": (("OFF", "leader", False),),
    "auditor": (("OFF", "auditor", False),),
    "admin": (("OFF", "admin", False),),
    "tra_head": (("TRA", "head", False),),
    "tra_staff": (("TRA", "member", False),),
    "tra_staff2": (("TRA", "member", False),),
    "ene_head": (("ENE", "head", False),),
    "ene_staff": (("ENE", "member", False),),
    "pol_head": (("POL", "head", False),),
    "wea_head": (("WEA", "head", False),),
    "wea_staff": (("WEA", "member", False),),
}


@dataclass
class City:
    """The city: ids by department code and by login; `posts` the first post of each login."""

    database: Database
    book: Rulebook
    departments: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    posts: dict[str, int] = field(default_factory=dict)

    def add_person(self, login: str, *posts: tuple[str, str, bool]) -> int:
        """Add a person with posts (department code, duty, is director)."""
        with self.database.writing() as session:
            connection = session.connection()
            person_id = connection.execute(
                insert(Person)
                .values(login=login, name=f"测试{login}", sort_key=sort_key(login), created_at=NOW)
                .returning(Person.id)
            ).scalar_one()
            for code, duty, is_director in posts:
                post_id = connection.execute(
                    insert(Post)
                    .values(
                        department_id=self.departments[code],
                        duty=duty,
                        title=duty,
                        is_director=is_director,
                        from_on=FIRST,
                    )
                    .returning(Post.id)
                ).scalar_one()
                connection.execute(insert(Holding).values(post_id=post_id, person_id=person_id, from_on=FIRST))
                self.posts.setdefault(login, post_id)
        self.people[login] = person_id
        return person_id

    def enter(self, *items: NewItem, by: str = "office1", now: datetime = NOW) -> list[int]:
        """Create items as `by`."""
        with self.database.writing() as session:
            acting = Acting(self.people[by], "office")
            return enter_items(session.connection(), self.book, acting, now, items, source="test")

    def task(self, title: str = "主城区信号机数据对接", lead: str = "TRA", **more: Any) -> int:  # noqa: ANN401
        """Create a draft task led by `lead`; `supports` are department codes."""
        supports = [(self.departments[code], f"{code}的分工", None) for code in more.pop("supports", ())]
        due_on = more.pop("due_on", date(2026, 4, 1))
        item = NewItem("task", title, self.departments[lead], due_on=due_on, supports=supports, **more)
        return self.enter(item)[0]

    def project(self, title: str = "交通能源数据共享", lead: str = "TRA", **more: Any) -> int:  # noqa: ANN401
        """Propose a project led by `lead`, supported by ENE unless said otherwise."""
        codes = more.pop("supports", ("ENE",))
        supports = [(self.departments[code], f"{code}的分工", None) for code in codes]
        due_on = more.pop("due_on", date(2026, 12, 31))
        item = NewItem("project", title, self.departments[lead], due_on=due_on, supports=supports, **more)
        return self.enter(item)[0]

    def version(self, item_id: int) -> int:
        """Return the item's present version."""
        with self.database.reading() as session:
            return session.execute(select(Item.version).where(Item.id == item_id)).scalar_one()

    def state(self, item_id: int) -> str:
        """Return the item's present state."""
        with self.database.reading() as session:
            return session.execute(select(Item.state).where(Item.id == item_id)).scalar_one()

    def do(
        self,
        login: str,
        item_id: int,
        action: str,
        fields: dict[str, Any] | None = None,
        *,
        now: datetime = NOW,
        version: int | None = None,
        key: str | None = None,
        as_post: int | None = None,
    ) -> Outcome:
        """Take a step as `login` on the present version (or on `version`)."""
        seen = self.version(item_id) if version is None else version
        request = Request(action, fields or {}, seen, key, as_post, "test")
        return self.database.write(
            lambda session: perform(session, self.book, self.people[login], now, item_id, request)
        )


def build_city(database: Database, book: Rulebook) -> City:
    """Fill an upgraded database with the made-up city."""
    return find_city(database, book, fill_city(database))


def find_city(database: Database, book: Rulebook, built: City) -> City:
    """Return the city in a copy of the database in which it was `built`."""
    return City(database, book, dict(built.departments), dict(built.people), dict(built.posts))


def fill_city(database: Database) -> City:
    """Fill an upgraded database with the made-up city; the rules of the one that is returned are nobody's."""
    city = City(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
    with database.writing() as session:
        connection = session.connection()
        for code, name in DEPARTMENTS.items():
            city.departments[code] = connection.execute(
                insert(Department)
                .values(code=code, name=name, sort_key=sort_key(name), from_on=FIRST)
                .returning(Department.id)
            ).scalar_one()
            connection.execute(
                insert(DepartmentName).values(
                    department_id=city.departments[code], name=name, folded=fold(name), from_on=FIRST
                )
            )
    for login, posts in POSTS.items():
        city.add_person(login, *posts)
    return city
