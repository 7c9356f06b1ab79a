"""Rules and their values in words, in both languages: what a difference between two versions says."""

from workflows.catalogue import WORKFLOWS
from workflows.machine import Cause
from workflows.roles import ROLES
from workflows.ruling.checking import list_choices, split_quorum
from workflows.ruling.keys import LIGHT, TERMS, RuleKey
from workflows.span import Span, Unit
from workflows.words import Text

_UNITS: dict[Unit, tuple[str, str]] = {
    "workdays": ("个工作日", "working day"),
    "workhours": ("个工作小时", "working hour"),
    "days": ("天", "day"),
}
_GROUPS = {LIGHT: Text("信号灯", "Lights"), TERMS: Text("督办和报告", "Supervision and reports")}
_MAJORITY = 51


def tell_span(span: Span) -> Text:
    """Return a length of time in words."""
    zh, en = _UNITS[span.unit]
    count = abs(span.count)
    return Text(f"{count}{zh}", f"{count} {en}{'s' * (count != 1)}")


def tell_offset(span: Span, cause: Cause) -> Text:
    """Return when a rung is reached, counted from the date or from the end of the limit."""
    is_dated = cause in (Cause.DUE, Cause.FORECAST)
    base = Text("期限", "the date") if is_dated else Text("时限届满", "the limit's end")
    if span.count == 0:
        return Text(f"{base.zh}当日", f"on the day of {base.en}")
    said = tell_span(span)
    if span.count < 0:
        return Text(f"{base.zh}前{said.zh}", f"{said.en} before {base.en}")
    return Text(f"{base.zh}后{said.zh}", f"{said.en} after {base.en}")


def tell_quorum(value: str) -> Text:
    """Return what passes a sign-off."""
    rule, count, percent = split_quorum(value)
    match rule:
        case "all":
            return Text("须全部同意", "all must agree")
        case "any":
            return Text("任何一人同意即可", "any one signature suffices")
        case "sequence":
            return Text("依次签署，须全部同意", "signed in order; all must agree")
    if percent == _MAJORITY:
        return Text("过半数同意", "more than half agree")
    if percent:
        return Text(f"同意达到{percent}%", f"{percent}% agree")
    return Text(f"同意满{count}票", f"{count} vote{'s' * (count != 1)} for it")


def tell_value(one: RuleKey, value: str) -> Text:
    """Return the value of a rule in words."""
    chosen = list_choices(one).get(value)
    if chosen is not None:
        return chosen
    match one.form:
        case "limit" | "workdays":
            said = tell_span(Span.parse(value))
        case "offset":
            said = tell_offset(Span.parse(value), Cause(one.group.rpartition(".")[2]))
        case "role":
            # A role that a release's own table names and nobody may choose.
            said = ROLES[value].label
        case "quorum":
            said = tell_quorum(value)
        case "votes":
            said = Text(f"{value}票", f"{value} vote{'s' * (value != '1')}")
        case _:
            said = Text(value, value)
    return said


def tell_place(one: RuleKey) -> Text:
    """Return whose rule it is: of a kind, of the lights, of supervision."""
    return _GROUPS.get(one.group) or WORKFLOWS[one.kinds[0]].label


def tell_rule_key(one: RuleKey) -> Text:
    """Return the rule's whole name: 任务·停滞：时限."""
    place = tell_place(one)
    return Text(f"{place.zh}·{one.label.zh}", f"{place.en[:1].upper()}{place.en[1:]}: {one.label.en}")


def tell_change(one: RuleKey, old: str, new: str) -> Text:
    """Return a change of one rule in a sentence."""
    name, before, after = tell_rule_key(one), tell_value(one, old), tell_value(one, new)
    return Text(f"{name.zh}，由“{before.zh}”改为“{after.zh}”。", f"{name.en}: was {before.en}, becomes {after.en}.")
