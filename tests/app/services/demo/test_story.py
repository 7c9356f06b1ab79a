"""The story's files are whole: whoever and whatever they name is there, on its day."""

from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from app.services.demo.character import draw, make_dice
from app.services.demo.story import FIRST_DAY, Act, read_demo, read_story
from app.services.template.shipped import read_shipped_templates
from workflows.catalogue import WORKFLOWS

CITY, STORY = read_demo(), read_story()
CODES = {department.code for department in CITY.departments}
LOGINS = {person.login for person in CITY.people}
TEMPLATES = {template.key: template for template in read_shipped_templates()}


def list_acts() -> Iterator[tuple[str, Act]]:
    """Yield every step of the script with the key of its owner."""
    for project in STORY.projects:
        parts = (project.part, *project.tasks.values())
        yield from ((project.key, act) for part in parts for act in part.acts)
    yield from ((task.key, act) for task in STORY.tasks for act in task.part.acts)


def test_everybody_is_made_up() -> None:
    """Names begin with 示例; the log-ins that visitors know are there; there is one head to a department."""
    assert all(person.name.startswith("示例·") for person in CITY.people)
    assert {"office", "director", "leader", "auditor", "admin", "finance", "transport", "transport2"} <= LOGINS
    assert set(CITY.shown) <= LOGINS
    heads = [person.department for person in CITY.people if person.duty == "head"]
    assert len(heads) == len(set(heads))
    sections = {department.code for department in CITY.departments if department.parent}
    assert CODES - sections - set(heads) == {"OFF", "LEA"}
    assert {department.parent for department in CITY.departments if department.parent} == {"TRA", "HEA", "HOU"}


def test_every_department_has_both_names() -> None:
    """Chinese and English."""
    for department in CITY.departments:
        assert department.name_en.isascii()
        assert not department.name.isascii()


def test_acts_are_known_steps_of_known_people() -> None:
    """An act names a person, a step of some workflow (or a signature), departments and log-ins that exist."""
    actions = {step.action for workflow in WORKFLOWS.values() for step in workflow.steps} | {"sign"}
    for key, act in list_acts():
        assert act.by in LOGINS, (key, act)
        assert act.action in actions, (key, act)
        assert FIRST_DAY < act.day <= 0, (key, act)
        for name in ("department", "section"):
            assert act.fields.get(name, "OFF") in CODES, (key, act)


def test_tasks_rest_on_documents_that_came_before() -> None:
    """A task's document is registered by the day on which the task is written down."""
    days = {document["key"]: document["day"] for document in STORY.documents}
    for task in STORY.tasks:
        document = task.details.get("document")
        assert document is None or days[document] <= task.day, task.key
        assert {task.lead, *(code for code, _ in task.details.get("supports", ()))} <= CODES, task.key
        assert all(act.day > task.day for act in task.part.acts), task.key


def test_projects_fit_their_templates() -> None:
    """Every role that is not outside has a department; what a project says of a task is of one that is there."""
    assert sorted(project.template for project in STORY.projects) == sorted(TEMPLATES)
    for project in STORY.projects:
        template = TEMPLATES[project.template]
        keys = {task.key for task in template.tasks}
        assert set(project.skip) <= keys
        assert set(project.tasks) <= keys - set(project.skip), project.key
        for role in template.roles:
            assert role.is_outside or project.departments[role.key] in CODES, (project.key, role.key)


def test_every_trait_is_one() -> None:
    """No trait is misspelt: a character is drawn of every part of the story."""
    parts: list[Any] = [part for project in STORY.projects for part in (project.part, *project.tasks.values())]
    for part in parts + [task.part for task in STORY.tasks]:
        draw(make_dice("1"), part.traits)
        for traits in (part.traits.get("shares") or {}).values():
            draw(make_dice("1"), traits)


@pytest.mark.parametrize("topic", STORY.words)
def test_sentences_ask_for_nothing_unknown(topic: str) -> None:
    """The gaps of a sentence are those that are filled."""
    for line in STORY.words[topic]:
        assert {name for _, name, _, _ in Formatter().parse(line) if name} <= {"n", "title", "wanted"}
