"""The form of a plan: what was typed stays; recipients are departments' heads, posts, and people by name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from app.core.errors import Fault, Sentence
from app.edge.context import Unit, current_context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import PaperKind
from app.edge.report_centre.choosing import ENDINGS
from app.pages.items.form import read_number
from app.pages.report import ENDING_NAMES, LANGUAGE_NAMES, Option
from app.pages.show import say
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.policy.people import OFFICE_READER
from app.queries.department import list_departments
from app.queries.report_plan.plan import PlanRow
from app.queries.report_plan.reader import PostRow, find_item_by_number, find_matching, list_posts_of
from app.queries.report_plan.scope import list_scope_departments, list_scope_funds
from workflows.meeting.recurrence import LAST, RestPolicy, RuleKind, parse_rule

_TEXTS = ("name", "kind", "scope", "day", "number", "rest", "clock", "people", "version")
_LISTS = ("languages", "endings", "heads", "posts")
_TEXT_MAX = 4000
_PARTING = re.compile(r"[\s,，、;；]+")
_LAST_NUMBER = 31
_MEETS = ("leader", "office", "auditor")
_NO_NUMBER = Sentence("应为1至31的整数或最后一个。", "A whole number from 1 to 31, or the last one.")


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed: texts by name, choices by name, whether it is to be issued."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    issue: bool = False

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def content(self) -> dict[str, Any]:
        """Return what makes two sendings the same."""
        return {**self.texts, **{name: list(values) for name, values in self.lists.items()}, "issue": self.issue}


def begin(kind: str) -> Typed:
    """Return the form of a new plan: the first working day, 08:30, a PDF in Chinese."""
    texts = {"kind": kind, "day": "workday", "number": "1", "rest": RestPolicy.NEXT.value, "clock": "08:30"}
    return Typed(texts, {"languages": ("zh",), "endings": ("pdf",)})


def fill_from(row: PlanRow, people: Mapping[int, str]) -> Typed:
    """Return the form as a plan fills it; `people` names persons by their log-in."""
    rule = parse_rule(row.rule)
    texts = {
        "name": row.name, "kind": row.kind, "scope": "" if row.scope_id is None else str(row.scope_id),
        "day": rule.kind.value, "number": "last" if rule.number == LAST else str(rule.number), "rest": rule.rest.value,
        "clock": row.clock, "version": str(row.version),
        "people": "\n".join(people[one.id] for one in row.recipients if one.kind == "person" and one.id in people),
    }  # fmt: skip
    lists = {
        "languages": row.languages, "endings": row.endings,
        "heads": tuple(str(one.id) for one in row.recipients if one.kind == "head"),
        "posts": tuple(str(one.id) for one in row.recipients if one.kind == "post"),
    }  # fmt: skip
    return Typed(texts, lists, row.is_issued)


def read_typed() -> Typed:
    """Return the sent form as it was typed."""
    form = request.form
    texts = {name: form.get(name, "").strip()[:_TEXT_MAX] for name in _TEXTS}
    return Typed(texts, {name: tuple(form.getlist(name)) for name in _LISTS}, bool(form.get("issue")))


def make_given(unit: Unit, typed: Typed) -> tuple[dict[str, Any], list[Fault]]:
    """Return the body that a form stands for, as the API takes it, and what the form alone shows to be wrong."""
    faults: list[Fault] = []
    number = typed["number"]
    if number != "last" and read_number(number) is None:
        faults.append(Fault("day", _NO_NUMBER))
    recipients = [{"kind": "head", "id": one} for one in _read_ids(typed.lists["heads"])]
    recipients += [{"kind": "post", "id": one} for one in _read_ids(typed.lists["posts"])]
    recipients += [{"kind": "person", "id": one} for one in _read_people(unit, typed["people"], faults)]
    kind = PAPERS.get(typed["kind"])
    given = {
        "name": typed["name"], "kind": typed["kind"], "scope": _read_scope(unit, kind, typed["scope"]),
        "languages": list(typed.lists["languages"]), "endings": list(typed.lists["endings"]),
        "day": f"{typed['day']}:{number}", "rest": typed["rest"], "clock": typed["clock"], "issue": typed.issue,
        "recipients": recipients,
    }  # fmt: skip
    return given, faults


def _read_scope(unit: Unit, kind: PaperKind | None, text: str) -> int | None:
    """Return of what the plan tells: an id, of an item also its number."""
    if kind is None or kind.scope == "city" or not text:
        return None
    if kind.scope == "item":
        found = find_item_by_number(unit.connection(), (OFFICE_READER,), text)
        return read_number(text) if found is None else found
    return read_number(text)


def _read_ids(values: Iterable[str]) -> list[int]:
    return [number for value in values if (number := read_number(value)) is not None]


def _read_people(unit: Unit, text: str, faults: list[Fault]) -> list[int]:
    """Return the people who were typed by name or log-in, one a word; who is not found, or is several, is told."""
    typed = list(dict.fromkeys(one for one in _PARTING.split(text) if one))
    found = find_matching(unit.connection(), typed)
    people = []
    for one in typed:
        ids = found.get(one, [])
        if len(ids) == 1:
            people.append(ids[0])
        elif ids:
            said = Sentence(f"有多人叫{one}，请写登录名。", f"Several people are called {one}; give the log-in.")
            faults.append(Fault("people", said))
        else:
            faults.append(Fault("people", Sentence(f"没有{one}这个人。", f"There is nobody called {one}.")))
    return people


def list_choices(unit: Unit, typed: Typed) -> dict[str, Any]:
    """Return what the form of a plan of one kind offers, with what was chosen."""
    connection, today = unit.connection(), current_context().today()
    kind = PAPERS.get(typed["kind"])
    rows = []
    if kind is not None and kind.scope == "department":
        rows = list_scope_departments(connection, today)
    elif kind is not None and kind.scope == "fund":
        rows = list_scope_funds(connection)
    usable = ENDINGS if kind is None else tuple(one for one in ENDINGS if one in kind.draw)
    heads, posts = typed.lists.get("heads", ()), typed.lists.get("posts", ())
    rests = {RestPolicy.NEXT: _("顺延"), RestPolicy.PREVIOUS: _("提前"), RestPolicy.KEEP: _("不调整")}
    is_english = current_lang() == "en"
    numbers = [str(one) for one in range(1, _LAST_NUMBER + 1)] + ["last"]
    days = {RuleKind.WORKDAY: _("第几个工作日"), RuleKind.MONTHDAY: _("几日")}
    return {
        "scope_kind": None if kind is None else kind.scope,
        "can_issue": kind is not None and not kind.items,
        "scopes": [Option(str(row.id), say(row.name), str(row.id) == typed["scope"]) for row in rows],
        "languages": [_tick(one, LANGUAGE_NAMES[one], typed.lists["languages"]) for one in LANGUAGE_NAMES],
        "endings": [_tick(one, ENDING_NAMES[one], typed.lists["endings"]) for one in usable],
        "days": [Option(one.value, label, one.value == typed["day"]) for one, label in days.items()],
        "numbers": [Option(one, _("最后一个") if one == "last" else one, one == typed["number"]) for one in numbers],
        "rests": [Option(one.value, label, one.value == typed["rest"]) for one, label in rests.items()],
        "heads": [
            _tick(str(one.id), one.name_en or one.name if is_english else one.name, heads)
            for one in list_departments(connection, today)
        ],
        "posts": [
            _tick(str(one.id), _name_post(one, is_english=is_english), posts)
            for one in list_posts_of(connection, today, _MEETS, _read_ids(posts))
        ],
    }  # fmt: skip


def _name_post(row: PostRow, *, is_english: bool) -> str:
    if is_english:
        return f"{row.title_en or row.title}, {row.department_en or row.department}"
    return f"{row.department}{row.title}"


def _tick(value: str, label: str, chosen: Iterable[str]) -> Option:
    return Option(value, label, value in tuple(chosen))
