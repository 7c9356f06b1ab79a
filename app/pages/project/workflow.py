"""What the pages of workflows show: the diagram, the rules as a regulation, what each next step of an item needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from app.edge.workflow import ClockRule, StepRule, WorkflowRules
from app.pages.items.life import strip_hint
from app.pages.items.next_bar import SIDE
from app.pages.show import join_names, say, say_label, show_instant_day
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.project.way import Passage
from app.services.offer import Offers
from reports.flow import Move, Node, draw_flow
from workflows.interpreter import CompiledState
from workflows.machine import CAUSE_LABELS
from workflows.span import Span


@dataclass(frozen=True, slots=True)
class StepView:
    """A step for reading: where it leads, who may, what it asks, when it is closed, what follows.

    `standing` says how it stands for the reader ("" where it is not theirs); `address` leads to its form.
    """

    label: str
    sources: str
    target: str
    who: str
    asks: tuple[str, ...]
    conditions: tuple[str, ...]
    follows: tuple[str, ...]
    is_grave: bool
    standing: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ClockView:
    """A limit with what rises when it is over."""

    cause: str
    limit: str
    rungs: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class StateView:
    """A state: for whom an item waits in it, which clocks run."""

    label: str
    waits_for: str
    clocks: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class PassageView:
    """A move that an item took."""

    text: str
    state: str
    day: Markup


def draw_diagram(rules: WorkflowRules, way: Sequence[Passage] = (), state: str | None = None) -> Markup:
    """Return the drawing; with the way of an item where it was is tinted, the present state is filled."""
    been = {one.to_state for one in way}
    taken = {(one.from_state, one.to_state) for one in way}
    names = {found.name for found in rules.states}
    first = [found for found in rules.states if found.name == rules.start]
    rest = [found for found in rules.states if found.name != rules.start]
    nodes = [
        Node(
            one.name, say_label(one.label),
            "now" if one.name == state else "past" if one.name in been else "", not one.is_open,
        )
        for one in (*first, *rest)
    ]  # fmt: skip
    moves = [
        Move(source, step.target, _shorten(say_label(step.label)), (source, step.target) in taken)
        for step in rules.steps
        for source in step.sources
        if step.target in names
    ]
    # A pause leads back to where it came from; drawn only where the item went that way.
    moves += [
        Move(str(source), target, "", is_taken=True)
        for source, target in sorted(taken, key=str)
        if source in names and not any((m.source, m.target) == (source, target) for m in moves)
    ]
    return draw_flow(nodes, moves, _("%(kind)s的流程图，文字说明见下", kind=say(rules.label)))


def _shorten(label: str) -> str:
    return label.partition("（")[0].partition(" (")[0]


def make_states(rules: WorkflowRules, state: str | None = None) -> list[StateView]:
    """Return the states for reading."""
    return [
        StateView(say_label(one.label), _tell_waiting(one), _tell_clocks(one), one.name == state)
        for one in rules.states
    ]


def _tell_waiting(state: CompiledState) -> str:
    return say(state.waits_for.label) if state.waits_for else _("不再等人")


def _tell_clocks(state: CompiledState) -> str:
    if state.is_pause:
        return _("各项时限停止")
    return join_names(say(CAUSE_LABELS[cause]) for cause in state.clocks) or "—"


def make_steps(rules: WorkflowRules) -> list[StepView]:
    """Return every step in the order of the regulation."""
    labels = {state.name: say_label(state.label) for state in rules.states}
    return [make_step(step, labels) for step in rules.steps]


def make_step(step: StepRule, labels: Mapping[str, str], standing: str = "", address: str = "") -> StepView:
    """Return one step for reading; `labels` name the states."""
    target = {"*stay": _("状态不变"), "*back": _("回到暂缓前的状态")}.get(step.target, labels.get(step.target, ""))
    follows = []
    if step.sign_off is not None:
        follows.append(_("发起%(name)s：%(who)s", name=say(step.sign_off), who=say(step.sign_off_of)))
    if step.tells:
        follows.append(_("通知%(who)s", who=join_names(say(role) for role in step.tells)))
    return StepView(
        label=say_label(step.label),
        sources=join_names(labels.get(source, source) for source in step.sources),
        target=target,
        who=_("系统自动") if step.is_automatic else join_names(say(role) for role in step.who),
        asks=tuple(
            strip_hint(say_label(ask.label)) + _tell_need(is_required=ask.required, may_be=ask.required_if is not None)
            for ask in step.asks
        ),
        conditions=tuple(_tell_conditions(step)),
        follows=tuple(follows),
        is_grave=step.is_grave,
        standing=standing,
        address=address,
    )


def _tell_need(*, is_required: bool, may_be: bool) -> str:
    if is_required:
        return ""
    return _("（逾期时须填）") if may_be else _("（可不填）")


def _tell_conditions(step: StepRule) -> list[str]:
    said = [say(says) for _code, says in step.guards]
    if step.not_by:
        names = join_names(say(label) for label in step.not_by)
        said.append(_("您就是办理“%(step)s”的人。", step=names))
    return said


def make_next_steps(
    rules: WorkflowRules, state: str, offers: Offers, item_id: int
) -> tuple[list[StepView], list[StepView], list[StepView]]:
    """Return the steps that leave or touch the present state: onward, beside the way, and by themselves."""
    labels = {found.name: say_label(found.label) for found in rules.states}
    mine = {offer.action: offer for offer in offers.offers}
    onward: list[StepView] = []
    beside: list[StepView] = []
    automatic: list[StepView] = []
    for step in rules.steps:
        if state not in step.sources:
            continue
        standing, address = "", ""
        offer = mine.get(step.action)
        if offer is not None and offer.is_open:
            standing, address = _("您现在可以办理"), url_for("item.show_action", item_id=item_id, action=step.action)
        elif offer is not None:
            standing = _("现在不能：%(reason)s", reason=say(offer.refusal))
        view = make_step(step, labels, standing, address)
        (automatic if step.is_automatic else beside if step.action in SIDE or step.is_grave else onward).append(view)
    return onward, beside, automatic


def make_way(rules: WorkflowRules, way: Sequence[Passage]) -> list[PassageView]:
    """Return the moves that an item took, in order."""
    states = {state.name: say_label(state.label) for state in rules.states}
    steps = {step.action: say_label(step.label) for step in rules.steps}
    own = {"create": _("登记"), "register": _("导入登记")}
    return [
        PassageView(
            steps.get(one.action) or own.get(one.action, one.action), states.get(one.to_state, one.to_state),
            show_instant_day(one.at),
        )
        for one in way
    ]  # fmt: skip


def make_clocks(rules: WorkflowRules) -> list[ClockView]:
    """Return the limits with their rungs for reading."""
    return [
        ClockView(
            say_label(clock.label), _tell_limit(clock),
            tuple((one.level, _tell_after(one.after, clock), _tell_rung(one.label, one.to)) for one in clock.rungs),
        )
        for clock in rules.clocks
    ]  # fmt: skip


def _tell_rung(label: object, to: object) -> str:
    return _("%(level)s，致%(who)s", level=say_label(label), who=say(to))  # type: ignore[arg-type]  # both Text


def _tell_limit(clock: ClockRule) -> str:
    return tell_span(clock.limit) if clock.limit is not None else _("以日期为准")


def _tell_after(after: Span, clock: ClockRule) -> str:
    """Return when a rung is reached, counted from the end of the limit or from the date."""
    base = _("期限") if clock.limit is None else _("时限届满")
    if after.count == 0:
        return _("%(base)s当日", base=base)
    span = tell_span(Span(after.unit, abs(after.count)))
    return (
        _("%(base)s前%(span)s", base=base, span=span)
        if after.count < 0
        else _("%(base)s后%(span)s", base=base, span=span)
    )


def tell_span(span: Span) -> str:
    """Return a length of time in words."""
    match span.unit:
        case "workdays":
            return ngettext("%(num)s个工作日", "%(num)s个工作日", span.count)
        case "workhours":
            return ngettext("%(num)s个工作小时", "%(num)s个工作小时", span.count)
        case _:
            return ngettext("%(num)s天", "%(num)s天", span.count)
