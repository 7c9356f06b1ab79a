"""What the pages of the rules show: a place's ladders, sign-offs and values in tables, differences, touched items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from app.edge.context import Context, Unit
from app.edge.label import label_state
from app.edge.ruling.previewing import Preview
from app.pages.show import join_names, say, say_label, show_column_day
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.ruling.changes import Difference
from app.services.ruling.assessing import Clock, Standing
from app.services.ruling.preview import TouchedGroup, TouchedItem
from workflows.catalogue import WORKFLOWS
from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, Cause
from workflows.ruling.keys import DEFAULT_WAY, LIGHT, RULE_KEYS, TERMS, list_sign_offs
from workflows.ruling.wording import tell_change, tell_value

#: The places in the order of the tabs.
PLACES = (*WORKFLOWS, LIGHT, TERMS)
LEVELS = tuple(LEVEL_LABELS)


@dataclass(frozen=True, slots=True)
class RungCell:
    """A rung: when it is reached, whom it tells, by which way where that is not each person's choice."""

    when: str
    who: str
    way: str


@dataclass(frozen=True, slots=True)
class LadderRow:
    """A cause with its limit and its rungs, one for each level or None."""

    cause: str
    limit: str
    rungs: tuple[RungCell | None, ...]


@dataclass(frozen=True, slots=True)
class SignOffRow:
    """A sign-off: who signs, what passes it, what a refusal does, how many votes a signature has."""

    name: str
    who: str
    rule: str
    refusal: str
    votes: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A single value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """The rules of one place."""

    ladders: tuple[LadderRow, ...]
    sign_offs: tuple[SignOffRow, ...]
    values: tuple[ValueRow, ...]


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A cause that would move: the limit's end and the next rung, as they stand and as they would."""

    cause: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TouchedLine:
    """A touched item."""

    id: int
    title: str
    about: str
    address: str
    clocks: tuple[ClockLine, ...]
    warning: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """How many items in a state of a kind, and in which departments."""

    kind: str
    state: str
    items: int
    departments: str


def name_place(place: str) -> str:
    """Return the label of a tab."""
    own = {LIGHT: _("信号灯"), TERMS: _("督办和报告")}
    return own.get(place) or say_label(WORKFLOWS[place].label)


def make_place(place: str, values: Mapping[str, str]) -> PlaceView:
    """Return the rules of a place under `values`."""
    if place in (LIGHT, TERMS):
        rows = [
            ValueRow(say_label(one.label), say(tell_value(one, values[key])))
            for key, one in RULE_KEYS.items()
            if one.group == place
        ]
        return PlaceView((), (), tuple(rows))
    table = WORKFLOWS[place]
    ladders = tuple(
        _make_ladder(place, ladder.cause, [rung.level for rung in ladder.rungs], values) for ladder in table.ladders
    )
    sign_offs = tuple(
        _make_sign_off(place, name, say_label(one.label), values) for name, one in list_sign_offs(table).items()
    )
    return PlaceView(ladders, sign_offs, ())


def _tell(key: str, values: Mapping[str, str]) -> str:
    return say(tell_value(RULE_KEYS[key], values[key]))


def _make_ladder(kind: str, cause: Cause, levels: Sequence[int], values: Mapping[str, str]) -> LadderRow:
    group = f"{kind}.{cause}"
    cells: list[RungCell | None] = []
    for level in LEVELS:
        key = f"{group}.{level}"
        if level not in levels:
            cells.append(None)
            continue
        way = "" if values[f"{key}.by"] == DEFAULT_WAY else _tell(f"{key}.by", values)
        cells.append(RungCell(_tell(key, values), _tell(f"{key}.to", values), way))
    if group in RULE_KEYS:
        limit = _tell(group, values)
    elif cause is Cause.REPORT:
        limit = _tell("terms.report_limit", values)
    else:
        limit = _("以日期为准")
    return LadderRow(say_label(CAUSE_LABELS[cause]), limit, tuple(cells))


def _make_sign_off(kind: str, name: str, label: str, values: Mapping[str, str]) -> SignOffRow:
    group = f"{kind}.{name}"
    roles = list_sign_offs(WORKFLOWS[kind])[name].signers
    votes = [_tell(f"{group}.votes.{role.name}", values) for role, _weight in roles]
    return SignOffRow(
        label, join_names(say(role.label) for role, _weight in roles), _tell(f"{group}.rule", values),
        _tell(f"{group}.refusal", values), join_names(votes),
    )  # fmt: skip


def tell_differences(differences: Iterable[Difference]) -> list[str]:
    """Return differences, a sentence each."""
    return [say(tell_change(RULE_KEYS[one.key], one.old, one.new)) for one in differences]


def make_groups(context: Context, unit: Unit, groups: Iterable[TouchedGroup]) -> list[GroupLine]:
    """Return the counts, a line for each state, with its departments."""
    found: dict[tuple[str, str], list[TouchedGroup]] = {}
    for group in groups:
        found.setdefault((group.kind, group.state), []).append(group)
    lines = []
    for (kind, state), mine in found.items():
        version = context.book.current_machine(unit.connection(), kind).version
        named = [_("%(name)s %(count)s件", name=_name_department(group), count=group.items) for group in mine]
        lines.append(GroupLine(
            say_label(WORKFLOWS[kind].label), say_label(label_state(unit, context.book, kind, version, state)),
            sum(group.items for group in mine), join_names(named),
        ))  # fmt: skip
    return lines


def _name_department(group: TouchedGroup | TouchedItem) -> str:
    name = group.department_name or _("未定单位")
    return group.department_name_en or name if current_lang() == "en" else name


def make_lines(context: Context, unit: Unit, preview: Preview) -> list[TouchedLine]:
    """Return a page of touched items."""
    return [_make_line(context, unit, item) for item in preview.items]


def _make_line(context: Context, unit: Unit, item: TouchedItem) -> TouchedLine:
    state = say(label_state(unit, context.book, item.kind, item.workflow_version, item.state))
    about = [item.number or "", say(WORKFLOWS[item.kind].label), state, _name_department(item)]
    warnings = []
    if item.is_overdue_at_once:
        warnings.append(_("随即超时"))
    if item.climbs_at_once:
        warnings.append(_("随即升级"))
    return TouchedLine(
        item.id, item.title, join_names(part for part in about if part), url_for("item.show_item", item_id=item.id),
        tuple(_make_clock(context, clock) for clock in item.clocks if clock.is_moved), join_names(warnings),
    )  # fmt: skip


def _make_clock(context: Context, clock: Clock) -> ClockLine:
    return ClockLine(
        say_label(CAUSE_LABELS[clock.cause]), _tell_standing(context, clock.old), _tell_standing(context, clock.new)
    )


def _tell_standing(context: Context, standing: Standing) -> str:
    base = show_column_day(standing.base_on)
    if standing.level is None or standing.at is None:
        return _("%(day)s届满，不再升级", day=base)
    local = standing.at.astimezone(context.settings.timezone)
    at, level = f"{local:%Y-%m-%d %H:%M}", say(LEVEL_LABELS[standing.level])
    return _("%(day)s届满，%(at)s %(level)s", day=base, at=at, level=level)
