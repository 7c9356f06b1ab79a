"""Every rule that can be changed without a release, by its key: what it binds, of which form its value is, its default.

Keys: `task.idle` (a limit), `task.due.2` (when a rung is reached), `task.due.2.to` (whom it tells), `task.due.2.by`
(by which way), `task.cosign.rule`, `.refusal`, `.votes.<role>` (a sign-off), `light.red_points`, `terms.red_answer`.
States, steps and who takes them are the regulation itself: they change with a release only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from workflows.catalogue import WORKFLOWS
from workflows.light import LightThresholds
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause, Ladder, SignOff, Workflow
from workflows.roles import (
    ASSIGNEE,
    CHAIR,
    FINANCE,
    LEAD_HEAD,
    LEAD_STAFF,
    LEADERSHIP,
    OFFICE,
    OFFICE_DIRECTOR,
    PARENT_STAFF,
    SUPPORT_HEAD,
    UNIT_HEAD,
    Role,
)
from workflows.span import Span
from workflows.terms import DEFAULTS, Terms, write_terms
from workflows.words import Text

Form = Literal["limit", "offset", "role", "way", "quorum", "refusal", "votes", "points", "workdays", "count", "sign"]
Part = Literal["limits", "ladders", "to", "by", "signing", "light", "terms"]
Values = Mapping[str, str]
#: A rule set as it is stored: values by part, then by name.
Body = Mapping[str, Mapping[str, str]]

#: What a set holds only where it was changed: what it lacks is as the item's own version of the workflow has it.
SPARSE: tuple[Part, ...] = ("to", "by", "signing")
LIGHT, TERMS = "light", "terms"

#: By which way a rung is told: `chosen`, as each person has chosen; `inbox`, in the system only; `mail`, by mail at
#: once, whatever was chosen. A message in the system there is always.
WAYS = {
    "chosen": Text("按各人设置", "as each person has chosen"),
    "inbox": Text("仅站内消息", "message in the system only"),
    "mail": Text("站内消息并即发邮件", "message and mail at once"),
}
DEFAULT_WAY = "chosen"
REFUSALS = {
    "ends": Text("一人不同意即告不通过", "one refusal ends it"),
    "counts": Text("不同意计入票数", "refusals are counted"),
}

_CITY = (OFFICE, OFFICE_DIRECTOR, LEADERSHIP)
#: Whom a rung may tell, by kind.
RUNG_ROLES: dict[str, tuple[Role, ...]] = {
    "project": (LEAD_STAFF, LEAD_HEAD, SUPPORT_HEAD, *_CITY),
    "task": (ASSIGNEE, LEAD_STAFF, LEAD_HEAD, SUPPORT_HEAD, *_CITY),
    "share": (ASSIGNEE, LEAD_STAFF, LEAD_HEAD, PARENT_STAFF, *_CITY),
    "slip": (LEAD_STAFF, LEAD_HEAD, *_CITY),
    "request": (LEAD_STAFF, LEAD_HEAD, *_CITY),
    "allocation": (LEAD_STAFF, LEAD_HEAD, FINANCE, *_CITY),
    "disbursement": (LEAD_STAFF, LEAD_HEAD, FINANCE, *_CITY),
    "leadership_group": _CITY,
    "meeting": (UNIT_HEAD, CHAIR, *_CITY),
    "agenda_item": (LEAD_STAFF, LEAD_HEAD, SUPPORT_HEAD, CHAIR, *_CITY),
    "decision": (LEAD_STAFF, LEAD_HEAD, *_CITY),
}
_ALL = tuple(WORKFLOWS)
_LIT = ("project", "task", "share")
_LIGHT_LABELS = {
    "yellow_points": Text("黄灯：落后计划的分值", "yellow light: points behind plan"),
    "red_points": Text("红灯：落后计划的分值（超过）", "red light: more points behind plan than"),
    "soon_workdays": Text("黄灯：距期限的工作日", "yellow light: working days before the due date"),
}
_SLIPS = ("slip",)
_OWING = ("project", "task")
#: What each term is called and whose items it binds.
_TERM_LABELS: dict[str, tuple[Text, tuple[str, ...]]] = {
    "yellow_answer": (Text("预警单答复时限", "limit to answer a warning notice"), _SLIPS),
    "red_answer": (Text("督办单答复时限", "limit to answer a supervision notice"), _SLIPS),
    "red_correction": (Text("督办单签发前留存", "supervision notice lies before it issues itself"), _SLIPS),
    "request_decision": (Text("申请决定时限", "limit to decide a request"), ("request",)),
    "report_limit": (Text("报告期末后的报送时限", "limit to report after a period ends"), _OWING),
    "task_limit_normal": (Text("一般任务办理时限", "time given for a normal task"), ("task",)),
    "task_limit_urgent": (Text("紧急任务办理时限", "time given for an urgent task"), ("task",)),
    "task_limit_very_urgent": (Text("特急任务办理时限", "time given for a very urgent task"), ("task",)),
    "yellow_points": (Text("首张预警单扣分", "points for a first warning notice"), _SLIPS),
    "second_yellow_points": (Text("第二张预警单扣分", "points for a second warning notice"), _SLIPS),
    "red_points": (Text("督办单扣分", "points for a supervision notice"), _SLIPS),
    "urges_a_day": (Text("每日可催办次数", "times an item may be urged a day"), _ALL),
    "report_cutoff_day": (Text("月报截止日（0为月末）", "day on which a month's reports close (0: its last)"), _OWING),
    "archive_after_workdays": (
        Text("了结后自动归档的工作日（0为不自动）", "working days from close to archive (0: by hand only)"),
        _ALL,
    ),
    "yellow_sign": (Text("预警单文号代字", "sign in the number of a warning notice"), _SLIPS),
    "red_sign": (Text("督办单文号代字", "sign in the number of a supervision notice"), _SLIPS),
}


@dataclass(frozen=True, slots=True)
class RuleKey:
    """A rule: where a set keeps its value (`part`, `name`), whose items it binds, how its value is written.

    `group` is what belongs together: a ladder (`task.idle`), a sign-off (`task.cosign`), `light`, `terms`.
    """

    key: str
    part: Part
    name: str
    group: str
    form: Form
    kinds: tuple[str, ...]
    label: Text
    default: str
    level: int | None = None


def _list_ladder(kind: str, ladder: Ladder) -> Iterator[RuleKey]:
    group = f"{kind}.{ladder.cause}"
    cause = CAUSE_LABELS[ladder.cause]
    # When a report is owed is a term: its limit counts from the period's end.
    if ladder.limit is not None and ladder.cause is not Cause.REPORT:
        label = Text(f"{cause.zh}：时限", f"{cause.en}: limit")
        yield RuleKey(group, "limits", group, group, "limit", (kind,), label, str(ladder.limit))
    for rung in ladder.rungs:
        name = f"{group}.{rung.level}"
        level = LEVEL_LABELS[rung.level]
        said = Text(f"{cause.zh}，{rung.level}级{level.zh}", f"{cause.en}, level {rung.level} ({level.en})")
        rows: tuple[tuple[str, Part, Form, str, str, str], ...] = (
            ("", "ladders", "offset", "时间", "when", str(rung.after)),
            (".to", "to", "role", "对象", "to whom", rung.to.name),
            (".by", "by", "way", "方式", "by which way", DEFAULT_WAY),
        )
        for ending, part, form, zh, en, default in rows:
            label = Text(f"{said.zh}：{zh}", f"{said.en}: {en}")
            yield RuleKey(f"{name}{ending}", part, name, group, form, (kind,), label, default, rung.level)


def write_quorum(rule: str, count: int, percent: int) -> str:
    """Return the rule of a sign-off in one word: all, any, sequence, count(n) of votes, percent(n) of all votes."""
    if rule != "quorum":
        return rule
    return f"percent({percent})" if percent else f"count({count})"


def _list_sign_off(kind: str, sign_off: SignOff) -> Iterator[RuleKey]:
    group = f"{kind}.{sign_off.name}"
    said = sign_off.label
    rule = write_quorum(sign_off.rule, sign_off.quorum_count, sign_off.quorum_percent)
    rows: list[tuple[str, Form, Text, str]] = [
        ("rule", "quorum", Text(f"{said.zh}：通过规则", f"{said.en}: what passes it"), rule),
        ("refusal", "refusal", Text(f"{said.zh}：不同意的效力", f"{said.en}: what a refusal does"), sign_off.refusal),
    ]
    for role, weight in sign_off.signers:
        label = Text(f"{said.zh}：{role.label.zh}每签票数", f"{said.en}: votes a signature of {role.label.en}")
        rows.append((f"votes.{role.name}", "votes", label, str(weight)))
    for ending, form, label, default in rows:
        key = f"{group}.{ending}"
        yield RuleKey(key, "signing", key, group, form, (kind,), label, default)


def list_sign_offs(table: Workflow) -> dict[str, SignOff]:
    """Return the sign-offs of a table by name."""
    return {step.opens.name: step.opens for step in table.steps if step.opens is not None}


def list_keys(tables: Mapping[str, Workflow]) -> dict[str, RuleKey]:
    """Return every rule of the tables that can be changed, by key, in the order in which they are read."""
    found: list[RuleKey] = []
    for kind, table in tables.items():
        for ladder in table.ladders:
            found += _list_ladder(kind, ladder)
        for sign_off in list_sign_offs(table).values():
            found += _list_sign_off(kind, sign_off)
    light = LightThresholds()
    for name, label in _LIGHT_LABELS.items():
        found.append(RuleKey(f"{LIGHT}.{name}", "light", name, LIGHT, "points", _LIT, label, str(getattr(light, name))))
    texts = write_terms()
    for name, (label, kinds) in _TERM_LABELS.items():
        found.append(RuleKey(f"{TERMS}.{name}", "terms", name, TERMS, _form_of(name), kinds, label, texts[name]))
    return {one.key: one for one in found}


def _form_of(term: str) -> Form:
    value = getattr(DEFAULTS, term)
    if isinstance(value, Span):
        return "workdays"
    return "count" if isinstance(value, int) else "sign"


RULE_KEYS: Mapping[str, RuleKey] = MappingProxyType(list_keys(WORKFLOWS))
#: A term without a name would not be shown to whoever may change it.
UNNAMED = frozenset(Terms.__dataclass_fields__) - frozenset(_TERM_LABELS)


def read_values(body: Body) -> dict[str, str]:
    """Return every rule's value in a stored set, by key; what it lacks has its default."""
    return {key: body.get(one.part, {}).get(one.name, one.default) for key, one in RULE_KEYS.items()}


def write_parts(values: Values) -> dict[str, dict[str, str]]:
    """Return values by key as a rule set keeps them, by part and name."""
    found: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        one = RULE_KEYS[key]
        found.setdefault(one.part, {})[one.name] = value
    return found


def is_of_kind(one: RuleKey, kind: str) -> bool:
    """Whether a rule stands in the kind's own regulation (light and terms bind several)."""
    return one.group not in (LIGHT, TERMS) and kind in one.kinds
