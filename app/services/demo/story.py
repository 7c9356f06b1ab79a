"""Reads the story of the made-up city from app/demo/*.toml.

Days are working days counted back from the last day of the story (0, so -40 lies forty working days before it):
the story fits whatever day it ends on.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "demo"

#: The story begins so many working days before its last day: eight months.
FIRST_DAY = -168


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A log-in of the made-up city."""

    login: str
    name: str
    department: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoDepartment:
    """A department, or a section of the department `parent`."""

    code: str
    name: str
    name_en: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person with one post; `title` and `title_en` name the post where its duty says too little."""

    login: str
    name: str
    department: str
    duty: str
    is_director: bool = False
    title: str | None = None
    title_en: str | None = None


@dataclass(frozen=True, slots=True)
class DemoCity:
    """Who there is in the city. The first accounts are those that are shown to visitors."""

    password: str
    shown: tuple[str, ...]
    departments: tuple[DemoDepartment, ...]
    people: tuple[DemoPerson, ...]

    @property
    def accounts(self) -> tuple[DemoAccount, ...]:
        """The log-ins that are shown, in the file's order."""
        names = {department.code: department.name for department in self.departments}
        people = {person.login: person for person in self.people}
        return tuple(
            DemoAccount(login, people[login].name, names[people[login].department], people[login].duty)
            for login in self.shown
        )


@dataclass(frozen=True, slots=True)
class Act:
    """A step of the script: who does what on which day; `task`, `on` say on which item below its owner's."""

    day: int
    by: str
    action: str
    fields: Mapping[str, Any]
    task: str | None = None
    #: "" the item itself, "slip", "request", "share:CODE": the newest open one of its kind below it.
    on: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """How an item fares: what its people do where nothing else is scripted; see `character`."""

    traits: Mapping[str, Any]
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoProject:
    """A joint project made from a template; `reports` are (day, percent, days of forecast after the due date, text)."""

    key: str
    template: str
    title: str
    budget: str
    made_on: int
    starts_on: int
    departments: Mapping[str, str]
    skip: tuple[str, ...]
    part: Part
    reports: tuple[tuple[int, int, int, str], ...]
    #: What is said of tasks, by stage: early, in the middle, late.
    progress: Mapping[str, tuple[str, ...]]
    tasks: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class DemoTask:
    """A task outside the projects, with the document that it came from."""

    key: str
    title: str
    lead: str
    day: int
    workdays: int
    details: Mapping[str, Any]
    part: Part


@dataclass(frozen=True, slots=True)
class DemoRule:
    """A change of the city's rules: drafted by one person, published by another on the same day."""

    day: int
    by: str
    publisher: str
    changes: Mapping[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class DemoDelegation:
    """Who stands in for whom, from a day until before another; `is_answered`: the substitute has accepted."""

    day: int
    principal: str
    substitute: str
    from_day: int
    until_day: int
    reason: str
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Story:
    """The whole story; `words` are sentences by occasion."""

    seed: int
    projects: tuple[DemoProject, ...]
    documents: tuple[Mapping[str, Any], ...]
    tasks: tuple[DemoTask, ...]
    rules: tuple[DemoRule, ...]
    delegations: tuple[DemoDelegation, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def read_demo() -> DemoCity:
    """Return the city of app/demo/city.toml."""
    raw = _read("city.toml")
    departments = [
        DemoDepartment(code, names[0], names[1], names[2] if len(names) > 2 else None)  # noqa: PLR2004  # a section's
        for code, names in raw["departments"].items()
    ]
    people = [
        DemoPerson(login, person["name"], person["in"], person["duty"], person.get("director", False),
                   person.get("title"), person.get("title_en"))
        for login, person in raw["people"].items()
    ]  # fmt: skip
    return DemoCity(raw["password"], tuple(raw["shown"]), tuple(departments), tuple(people))


@cache
def read_story() -> Story:
    """Return the story of app/demo/*.toml."""
    words = _read("words.toml")
    projects = _read("projects.toml")
    tasks = _read("tasks.toml")
    office = _read("office.toml")
    roles: dict[str, str] = projects["roles"]
    return Story(
        seed=projects["seed"],
        projects=tuple(_read_project(one, roles) for one in projects["project"]),
        documents=tuple(_read("documents.toml")["document"]),
        tasks=tuple(_read_task(one) for one in tasks["task"]),
        rules=tuple(DemoRule(**one) for one in office["rule"]),
        delegations=tuple(
            DemoDelegation(
                one["day"], one["of"], one["to"], one["from"], one["until"], one["reason"], one.get("is_answered", True)
            )
            for one in office["delegation"]
        ),
        words={name: tuple(lines) for name, lines in words.items()},
    )


def _read_project(raw: Mapping[str, Any], roles: Mapping[str, str]) -> DemoProject:
    parts = dict(raw.get("tasks", {}))
    acts = _read_acts(raw)
    owned = {key: tuple(act for act in acts if act.task == key) for key in {*parts, *(a.task for a in acts if a.task)}}
    return DemoProject(
        key=raw["key"],
        template=raw["template"],
        title=raw["title"],
        budget=raw["budget"],
        made_on=raw["made_on"],
        starts_on=raw["starts_on"],
        departments={**roles, **raw.get("departments", {})},
        skip=tuple(raw.get("skip", ())),
        part=Part(raw.get("traits", {}), tuple(act for act in acts if act.task is None)),
        reports=tuple((one[0], one[1], one[2], one[3]) for one in raw.get("reports", ())),
        progress={stage: tuple(lines) for stage, lines in raw.get("progress", {}).items()},
        tasks={key: Part(parts.get(key, {}), owned.get(key, ())) for key in owned},
    )


_TASK_COLUMNS = ("supports", "urgency", "source", "reference", "document", "requirement", "criteria", "rhythm",
                 "project", "confidential")  # fmt: skip


def _read_task(raw: Mapping[str, Any]) -> DemoTask:
    own = {"key", "title", "lead", "day", "workdays", "act", *_TASK_COLUMNS}
    return DemoTask(
        key=raw["key"],
        title=raw["title"],
        lead=raw["lead"],
        day=raw["day"],
        workdays=raw["workdays"],
        details={name: raw[name] for name in _TASK_COLUMNS if name in raw},
        part=Part({name: value for name, value in raw.items() if name not in own}, _read_acts(raw)),
    )


def _read_acts(raw: Mapping[str, Any]) -> tuple[Act, ...]:
    own = ("day", "by", "action", "task", "on")
    return tuple(
        Act(one["day"], one["by"], one["action"], {k: v for k, v in one.items() if k not in own}, one.get("task"),
            one.get("on", ""))
        for one in raw.get("act", ())
    )  # fmt: skip
