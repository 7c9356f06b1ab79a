"""Fills an empty database with the small made-up city: departments, people, its ledger, a few steps.

Everything goes through the services that people use; nothing is written past them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Sentence
from app.ledger.own import own_mapping
from app.ledger.read import read_ledger
from app.models.item import Item
from app.models.organisation import Department
from app.services.act import Act
from app.services.ledger.importing import import_ledger
from app.services.organisation.department import DepartmentNames, add_department
from app.services.organisation.password import hash_password
from app.services.organisation.person import add_person
from app.services.organisation.post import fill_post
from app.services.rulebook import Rulebook
from app.services.transitions import Request, perform

FOLDER = Path(__file__).resolve().parents[1] / "demo"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A log-in of the made-up city."""

    login: str
    name: str
    department: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoCity:
    """The made-up city as its file says."""

    password: str
    departments: Mapping[str, tuple[str, str]]
    people: Mapping[str, tuple[str, str, str, bool]]
    steps: tuple[Mapping[str, Any], ...]

    @property
    def accounts(self) -> tuple[DemoAccount, ...]:
        """The log-ins, in the file's order."""
        return tuple(
            DemoAccount(login, name, self.departments[code][0], role)
            for login, (name, code, role, _) in self.people.items()
        )


def read_demo() -> DemoCity:
    """Return the city of app/demo/city.toml."""
    raw = tomllib.loads((FOLDER / "city.toml").read_text(encoding="utf-8"))
    return DemoCity(
        raw["password"],
        {code: (names[0], names[1]) for code, names in raw["departments"].items()},
        {login: tuple(person) for login, person in raw["people"].items()},
        tuple(raw["steps"]),
    )


def is_empty(session: Session) -> bool:
    """Whether the database holds no department yet."""
    return session.execute(select(func.count()).select_from(Department)).scalar_one() == 0


def load_demo(session: Session, book: Rulebook, act: Act) -> int:
    """Fill the database and return the number of items; ConflictError when it holds a department already."""
    if not is_empty(session):
        said = Sentence(
            "数据库中已有部门，演示数据只能载入空库。", "The database holds departments; the demo needs an empty one."
        )
        raise ConflictError("not_empty", said)
    city = read_demo()
    departments = {
        code: add_department(act, code, DepartmentNames(zh, en)) for code, (zh, en) in city.departments.items()
    }
    people = {}
    for login, (name, code, role, is_director) in city.people.items():
        people[login] = add_person(act, login, name, password_hash=hash_password(login, city.password))
        fill_post(act, departments[code], role, people[login], is_director=is_director)
    ledger = read_ledger(FOLDER / "ledger.csv", own_mapping())
    report = import_ledger(
        session, book, act.acting, act.now, ledger, file_name="ledger.csv", sha256="demo", escalate_from="source"
    )
    if report.refused:
        raise AssertionError("\n".join(report.findings.lines("en")))
    for step in city.steps:
        _take(session, book, act, people[step["by"]], step)
    return report.created


def _take(session: Session, book: Rulebook, act: Act, person_id: int, step: Mapping[str, Any]) -> None:
    item_id, version = session.execute(
        select(Item.id, Item.version).where(Item.external_key == step["key"])
    ).one()  # fmt: skip
    request = Request(step["action"], step.get("fields", {}), version, source="command")
    perform(session, book, person_id, act.now, item_id, request)
