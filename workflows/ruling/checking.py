"""What a changed value may be, and whether the regulation still holds together under all changed values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from workflows.catalogue import WORKFLOWS
from workflows.machine import Ladder, SignOff, Workflow, WrongTableError
from workflows.roles import ROLES
from workflows.ruling.keys import REFUSALS, RULE_KEYS, RUNG_ROLES, WAYS, RuleKey, Values, list_sign_offs
from workflows.signing.contradiction import find_contradictions
from workflows.span import Span
from workflows.terms import read_term
from workflows.words import Text

#: No limit and no rung lies further away, in its own unit.
SPAN_MAX = 1000
VOTES_MAX = 100
POINTS_MAX = 100
_PLAIN = ("all", "any", "sequence")
_QUORUM = re.compile(r"^(count|percent)\((\d{1,3})\)$")
_CONTRADICTIONS = {
    "has a signing role without weight": "签署角色没有票数",
    "names a signing role twice": "同一签署角色出现两次",
    "has a quorum of nobody": "通过票数为0，无人同意也能通过",
    "has a quorum out of range": "票数或百分比超出范围",
    "has a quorum larger than can be": "通过票数大于全部签署人的票数，永远不能通过",
}


class WrongValueError(ValueError):
    """A value that a rule cannot have; says in both languages what was expected."""

    def __init__(self, said: Text) -> None:
        self.said = said
        super().__init__(said.en)


def read_value(one: RuleKey, value: str) -> str:
    """Return the value of a rule in its canonical form; WrongValueError says what was expected."""
    text = value.strip()
    choices = list_choices(one)
    if choices:
        return _read_choice(choices, text)
    match one.form:
        case "limit" | "offset":
            found = _read_span(one, text)
        case "quorum":
            found = _read_quorum(text)
        case "votes":
            found = _read_number(text, 1, VOTES_MAX)
        case "points":
            found = _read_number(text, 0, POINTS_MAX)
        case _:
            found = _read_term(one, text)
    return found


def list_choices(one: RuleKey) -> Mapping[str, Text]:
    """Return the values among which a rule is chosen; nothing where it is typed."""
    if one.form == "role":
        return {role.name: role.label for role in RUNG_ROLES[one.kinds[0]]}
    return {"way": WAYS, "refusal": REFUSALS}.get(one.form, {})


def _read_term(one: RuleKey, text: str) -> str:
    try:
        found = read_term(one.name, text)
    except ValueError as error:
        raise WrongValueError(Text("不是该项可用的值", str(error))) from None
    if isinstance(found, Span) and found.count > SPAN_MAX:
        raise WrongValueError(Text(f"最多{SPAN_MAX}", f"at most {SPAN_MAX}"))
    return str(found)


def _read_span(one: RuleKey, text: str) -> str:
    try:
        span = Span.parse(text)
    except ValueError:
        said = Text("应为workdays(n)、workhours(n)或days(n)", "expected workdays(n), workhours(n) or days(n)")
        raise WrongValueError(said) from None
    if one.form == "limit" and span.count < 0:
        raise WrongValueError(Text("时限不能为负", "a limit does not run backwards"))
    if one.form == "offset" and span.unit == "workhours":
        raise WrongValueError(Text("催办层级按天计算，不按小时", "a rung counts days, not hours"))
    if abs(span.count) > SPAN_MAX:
        raise WrongValueError(Text(f"最多{SPAN_MAX}", f"at most {SPAN_MAX}"))
    return str(span)


def _read_choice(choices: Mapping[str, Text], text: str) -> str:
    if text not in choices:
        known = ", ".join(choices)
        raise WrongValueError(Text(f"应为其中之一：{known}", f"expected one of {known}"))
    return text


def _read_number(text: str, least: int, most: int) -> str:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else -1
    if not least <= number <= most:
        raise WrongValueError(Text(f"应为{least}至{most}的整数", f"expected a whole number from {least} to {most}"))
    return str(number)


def _read_quorum(text: str) -> str:
    if text in _PLAIN:
        return text
    found = _QUORUM.match(text)
    if found is None:
        said = Text(
            "应为all、any、sequence、count(n)或percent(n)", "expected all, any, sequence, count(n) or percent(n)"
        )
        raise WrongValueError(said)
    return f"{found[1]}({int(found[2])})"


def split_quorum(value: str) -> tuple[str, int, int]:
    """Return rule, count and per cent of what `write_quorum` wrote."""
    found = _QUORUM.match(value)
    if found is None:
        return value, 0, 0
    number = int(found[2])
    return ("quorum", number, 0) if found[1] == "count" else ("quorum", 0, number)


def find_faults(values: Values) -> Iterator[tuple[str, Text]]:
    """Yield what does not hold together among all values (by key, each canonical): the rule it speaks of, and why."""
    if int(values["light.yellow_points"]) > int(values["light.red_points"]):
        yield "light.red_points", Text("黄灯分值不得高于红灯", "yellow must not begin after red")
    for kind, table in WORKFLOWS.items():
        found = list(_find_table_faults(kind, table, values))
        yield from found
        if not found:
            try:
                make_table(table, values)
            except WrongTableError as error:
                # Whatever the table itself refuses is refused here too, though no sentence of ours foresaw it.
                yield kind, Text(f"流程不成立：{'；'.join(error.faults)}", f"the regulation fails: {error}")


def _find_table_faults(kind: str, table: Workflow, values: Values) -> Iterator[tuple[str, Text]]:
    for ladder in table.ladders:
        names = [f"{kind}.{ladder.cause}.{rung.level}" for rung in ladder.rungs]
        counts = [Span.parse(values[name]).count for name in names]
        for before, count, name in zip(counts, counts[1:], names[1:], strict=False):
            if count < before:
                yield name, Text("高一级不得早于低一级", "a higher rung must not come before a lower one")
    for sign_off in list_sign_offs(table).values():
        changed = _change_sign_off(kind, sign_off, values)
        given = (changed.rule, changed.signers, changed.quorum_count, changed.quorum_percent, changed.each)
        for fault in find_contradictions(*given):
            yield f"{kind}.{sign_off.name}.rule", Text(_CONTRADICTIONS.get(fault, fault), fault)


def make_table(table: Workflow, values: Values) -> Workflow:
    """Return the table under changed values; WrongTableError when it would not be admitted as a release's table."""
    ladders = tuple(_change_ladder(table.kind, ladder, values) for ladder in table.ladders)
    steps = tuple(
        replace(step, opens=_change_sign_off(table.kind, step.opens, values)) if step.opens is not None else step
        for step in table.steps
    )
    return replace(table, steps=steps, ladders=ladders)


def _change_ladder(kind: str, ladder: Ladder, values: Values) -> Ladder:
    group = f"{kind}.{ladder.cause}"
    rungs = tuple(
        replace(rung, after=Span.parse(values[f"{group}.{rung.level}"]), to=ROLES[values[f"{group}.{rung.level}.to"]])
        for rung in ladder.rungs
    )
    limit = Span.parse(values[group]) if group in RULE_KEYS else ladder.limit
    return replace(ladder, rungs=rungs, limit=limit)


def _change_sign_off(kind: str, sign_off: SignOff, values: Values) -> SignOff:
    group = f"{kind}.{sign_off.name}"
    rule, count, percent = split_quorum(values[f"{group}.rule"])
    weighed = tuple((role, int(values[f"{group}.votes.{role.name}"])) for role, _ in sign_off.signers)
    of = sign_off.of
    if not (len(weighed) == 1 and weighed[0][1] == 1):
        of = weighed
    changes: dict[str, Any] = {"rule": rule, "refusal": values[f"{group}.refusal"]}
    return replace(sign_off, of=of, quorum_count=count, quorum_percent=percent, **changes)
