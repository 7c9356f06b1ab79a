"""The rules in words for whoever reads them: every rule of a version, with its value, its form, what it may be."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.edge.context import Context, Unit
from app.queries.ruling.changes import VersionRow, find_version
from workflows.ruling.checking import list_choices
from workflows.ruling.keys import LIGHT, RULE_KEYS, TERMS, RuleKey
from workflows.ruling.wording import tell_rule_key, tell_value
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: whose it is (`place`: a kind, light, terms), its value canonical and in words.

    `choices` are the values that it may have; None where it is typed.
    """

    key: str
    place: str
    kinds: tuple[str, ...]
    form: str
    label: Text
    value: str
    text: Text
    default: str
    choices: tuple[str, ...] | None


def list_rules(values: Mapping[str, str]) -> list[Rule]:
    """Return every rule under `values`, in the order in which they are read."""
    return [_make_rule(one, values[key]) for key, one in RULE_KEYS.items()]


def _make_rule(one: RuleKey, value: str) -> Rule:
    choices = tuple(list_choices(one)) or None
    return Rule(
        one.key, place_of(one), one.kinds, one.form, tell_rule_key(one), value, tell_value(one, value), one.default,
        choices,
    )  # fmt: skip


def place_of(one: RuleKey) -> str:
    """Return where a rule stands: under a kind, light or terms."""
    return one.group if one.group in (LIGHT, TERMS) else one.kinds[0]


def read_in_force(context: Context, unit: Unit) -> VersionRow:
    """Return the version of the rules that binds what begins today."""
    connection = unit.connection()
    return find_version(connection, context.book.current_rule_set(connection, context.today()))
