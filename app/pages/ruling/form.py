"""The form of a change: a field group for each rule of a place; what is typed becomes the rules' canonical values."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import Fault, Sentence
from app.pages.ruling.view import name_place
from app.pages.show import say, say_label
from app.pages.words import gettext as _
from workflows.catalogue import WORKFLOWS
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause
from workflows.ruling.checking import list_choices, split_quorum
from workflows.ruling.keys import LIGHT, RULE_KEYS, TERMS, RuleKey
from workflows.span import Span

_NOT_A_NUMBER = Sentence("应为0至9999的整数。", "Expected a whole number from 0 to 9999.")
_SPANS = ("limit", "offset", "workdays")
_COUNTED = ("count", "percent")
_DIGITS_MAX = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RuleField:
    """The fields of one rule. `number` None: none is typed; `is_changed`: it differs from the newest version."""

    key: str
    label: str
    number: str | None
    units: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    choices: tuple[Choice, ...]
    fault: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class RungFields:
    """A rung: its level, and the fields for when, whom and how."""

    label: str
    fields: tuple[RuleField, ...]


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together: a ladder, a sign-off, the single values of a place."""

    label: str
    fields: tuple[RuleField, ...]
    rungs: tuple[RungFields, ...] = ()


def list_keys_of(place: str) -> list[str]:
    """Return the keys of the rules of a place."""
    if place in (LIGHT, TERMS):
        return [key for key, one in RULE_KEYS.items() if one.group == place]
    return [key for key, one in RULE_KEYS.items() if one.group not in (LIGHT, TERMS) and one.kinds == (place,)]


def read_form(place: str, given: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """Return the values of a place as they were typed, and what is no number; fields that are missing stay out."""
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for key in list_keys_of(place):
        one = RULE_KEYS[key]
        typed = given.get(f"v.{key}", "").strip()
        choice = given.get(f"c.{key}", "")
        if f"v.{key}" not in given and f"c.{key}" not in given:
            continue
        is_number = one.form in _SPANS or (one.form == "quorum" and choice in _COUNTED)
        if is_number and not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS_MAX):
            faults.append(Fault(f"changes.{key}", _NOT_A_NUMBER))
            continue
        values[key] = _write_value(one, typed, choice, given.get(f"u.{key}", "workdays"), given.get(f"d.{key}", ""))
    return values, faults


def _write_value(one: RuleKey, typed: str, choice: str, unit: str, direction: str) -> str:
    if one.form in _SPANS:
        sign = "-" if direction == "before" and int(typed) else ""
        return f"{unit}({sign}{int(typed)})"
    if one.form == "quorum":
        return f"{choice}({int(typed)})" if choice in _COUNTED else choice
    return choice if list_choices(one) else typed


def make_groups(
    place: str, values: Mapping[str, str], newest: Mapping[str, str], typed: Mapping[str, str],
    sentences: Mapping[str, str],
) -> list[FieldGroup]:  # fmt: skip
    """Return the fields of a place; `typed` is the form as it was sent, which stays where it could not be read."""

    def make(key: str) -> RuleField:
        one = RULE_KEYS[key]
        return _make_field(one, values[key], newest[key], typed, sentences.get(f"changes.{key}", ""))

    if place in (LIGHT, TERMS):
        return [FieldGroup(name_place(place), tuple(make(key) for key in list_keys_of(place)))]
    grouped: dict[str, list[str]] = {}
    for key in list_keys_of(place):
        grouped.setdefault(RULE_KEYS[key].group, []).append(key)
    found = []
    for group, keys in grouped.items():
        rungs: dict[int, list[RuleField]] = {}
        plain = []
        for key in keys:
            level = RULE_KEYS[key].level
            if level is None:
                plain.append(make(key))
            else:
                rungs.setdefault(level, []).append(make(key))
        rows = tuple(
            RungFields(f"{level} {say_label(LEVEL_LABELS[level])}", tuple(row)) for level, row in rungs.items()
        )
        found.append(FieldGroup(_name_group(place, group), tuple(plain), rows))
    return found


def _name_group(place: str, group: str) -> str:
    name = group.removeprefix(f"{place}.")
    if name in set(Cause):
        return say_label(CAUSE_LABELS[Cause(name)])
    sign_off = next(step.opens for step in WORKFLOWS[place].steps if step.opens and step.opens.name == name)
    return _("%(name)s的签署规则", name=say_label(sign_off.label))


def _make_field(one: RuleKey, value: str, newest: str, typed: Mapping[str, str], fault: str) -> RuleField:
    number, unit, direction, choice = _split(one, value)
    if f"v.{one.key}" in typed or f"c.{one.key}" in typed:
        number = typed.get(f"v.{one.key}", number or "") if number is not None else None
        unit, direction = typed.get(f"u.{one.key}", unit), typed.get(f"d.{one.key}", direction)
        choice = typed.get(f"c.{one.key}", choice)
    return RuleField(
        one.key, _name_field(one), number,
        tuple(Choice(key, label, key == unit) for key, label in _list_units(one)),
        tuple(Choice(key, label, key == direction) for key, label in _list_directions(one)),
        tuple(Choice(key, label, key == choice) for key, label in _list_options(one)),
        fault, value != newest,
    )  # fmt: skip


def _name_field(one: RuleKey) -> str:
    """Return the label within its group: the part behind the colon."""
    zh, _zh_colon, own_zh = one.label.zh.rpartition("：")
    label = say(one.label)
    if one.group in (LIGHT, TERMS):
        return say_label(one.label)
    tail = label.rpartition("：")[2].rpartition(": ")[2] if zh or own_zh else label
    return tail[:1].upper() + tail[1:]


def _split(one: RuleKey, value: str) -> tuple[str | None, str, str, str]:
    """Return number, unit, direction and choice of a value."""
    if one.form in _SPANS:
        span = Span.parse(value)
        return str(abs(span.count)), span.unit, "before" if span.count < 0 else "after", ""
    if one.form == "quorum":
        rule, count, percent = split_quorum(value)
        if rule != "quorum":
            return "", "", "", rule
        return str(percent or count), "", "", "percent" if percent else "count"
    if list_choices(one):
        return None, "", "", value
    return value, "", "", ""


def _list_units(one: RuleKey) -> list[tuple[str, str]]:
    units = {"workdays": _("个工作日"), "workhours": _("个工作小时"), "days": _("天")}
    wanted = {"limit": ("workdays", "workhours", "days"), "offset": ("workdays", "days"), "workdays": ("workdays",)}
    return [(unit, units[unit]) for unit in wanted.get(one.form, ())]


def _list_directions(one: RuleKey) -> list[tuple[str, str]]:
    return [("before", _("届满前")), ("after", _("届满后"))] if one.form == "offset" else []


def _list_options(one: RuleKey) -> list[tuple[str, str]]:
    if one.form == "quorum":
        return [
            ("all", _("须全部同意")), ("any", _("任何一人同意即可")), ("sequence", _("依次签署，须全部同意")),
            ("count", _("同意满若干票")), ("percent", _("同意达到百分之")),
        ]  # fmt: skip
    return [(value, say(label)) for value, label in list_choices(one).items()]
