"""The bar under a title: what is asked of whom, in which capacity, since when; the moves that are open and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.form import make_key
from app.pages.items.item_row import Reading, name_department, name_lead, name_role
from app.pages.meeting.grave import MEETING_KINDS, tell_grave_of_meeting
from app.pages.session import Visitor
from app.pages.show import join_names, keep_together, say, say_label, show_day, spell_day
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.item_detail import ItemDetail
from app.queries.report_owed import ItemReports
from app.queries.work.signing import SignOffRow, SlotRow
from app.services.offer import Offer, Offers
from app.services.signing.input import SIGN, SIGNERS_MOVES
from workflows.interpreter import CompiledState
from workflows.period import CUTOFF_MAX, find_ending, find_next, name_period
from workflows.roles import Place
from workflows.ruling.signing import read_kept
from workflows.signing.round import SIGNING_ROLES
from workflows.signing.wording import tell_rule

_DAY = timedelta(days=1)

#: Moves beside the way: open to somebody, but not what the item waits for.
SIDE = frozenset({"appoint", "recall", "return", "withdraw", "suspend", "resume", "cancel", "send_back", "reopen",
                  "correct", "urge", "ask_extension", "ask_suspension", "ask_resumption", "ask_reassignment",
                  "ask_light", "dispute", "hand_on", "take_back", "extend", "reassign", "set_rhythm", "return_to",
                  "clear_light", "reopen_agenda", "reschedule", "name_chair", "postpone", "defer", "merge", "strike",
                  "put_off", "drop"})  # fmt: skip

#: Moves that end an item as it should end: however grave, they are what its last state waits for.
ENDS = frozenset({"close", "issue"})
#: Moves of somebody who waits; whoever is waited for does not make them against themselves.
_OF_WAITING = frozenset({"urge"})
#: Steps that follow from a form of their own, in the same act: by themselves they are never open.
_BY_FORM = frozenset({"propose_change", "propose_rules"})
REPORT = "report"

#: Passing a request on: open beside a decision that one may take oneself, so it comes after that.
REFER = "refer"


@dataclass(frozen=True, slots=True)
class Button:
    """A move that is open: sent at once when it asks for nothing, else a way to its form."""

    label: str
    address: str
    css: str
    is_direct: bool
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A move that is closed now, with its reason."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class NextBar:
    """The bar; `is_yours`: the item waits for the visitor."""

    say: str
    why: Markup
    offers: tuple[Button, ...]
    closed: tuple[Closed, ...]
    is_yours: bool


def make_next(
    offers: Offers, detail: ItemDetail, reading: Reading, actor: Actor, visitor: Visitor,
    reports: ItemReports | None = None,
) -> NextBar:  # fmt: skip
    """Return the bar of an item for a visitor; `reports` say what it owes by rule."""
    state = reading.state(detail.row)
    is_awaited = _is_awaited(state, detail, actor)
    known = [
        offer for offer in offers.offers
        if offer.action not in SIGNERS_MOVES | _BY_FORM and not (is_awaited and offer.action in _OF_WAITING)
    ]  # fmt: skip
    open_offers = [offer for offer in known if offer.is_open]
    main = [offer for offer in open_offers if is_on_way(offer)]
    main.sort(key=lambda offer: (offer.action != SIGN, offer.action == REFER))
    side = [offer for offer in open_offers if offer.action in SIDE and not offer.is_grave]
    grave = [offer for offer in open_offers if offer.is_grave and offer.action not in ENDS]
    asked = [offer for offer in main if offer.action == SIGN or is_awaited]
    buttons = _make_buttons(detail.row.id, detail.row.kind, [*main, *side, *grave])
    reports_next = bool(asked) and asked[0].action == REPORT and reports is not None
    report = _tell_report(reports, _find_progress(detail), reading) if reports_next and reports else None
    is_yours = bool(asked) and (report is None or report.is_owed)
    blocked = [offer for offer in known if not offer.is_open and is_on_way(offer)] if is_awaited else []
    return NextBar(
        say=report.say if report else _say_blocked(blocked) if is_awaited and not asked else _say(state, asked, detail),
        why=_why(asked, state, detail, reading, visitor),
        offers=buttons if is_yours else tuple(_calm(button) for button in buttons),
        closed=tuple(Closed(say(o.label), say(o.refusal)) for o in known if not o.is_open),
        is_yours=is_yours,
    )


def is_on_way(offer: Offer) -> bool:
    """Whether a move is on the item's way: none of those beside it, and none that breaks it off."""
    return offer.action not in SIDE and (not offer.is_grave or offer.action in ENDS)


def _find_progress(detail: ItemDetail) -> datetime | None:
    """Return when there was last some progress in the item's present state."""
    progress_at = detail.row.last_progress_at
    return progress_at if progress_at is not None and progress_at > detail.state_since else None


@dataclass(frozen=True, slots=True)
class _Report:
    """What is to be said of an item's reports; `is_owed`: one is to be written now."""

    say: str
    is_owed: bool


def _tell_report(reports: ItemReports, progress_at: datetime | None, reading: Reading) -> _Report | None:
    """Return which report is owed next, and whether it is time for it; None where no period runs."""
    if reports.owed:
        names = join_names(say(name_period(period)) for period, _due_on in reports.owed)
        return _Report(_("请您补报进展：%(periods)s", periods=names), is_owed=True)
    if reports.ends_on is None:
        return None
    cutoff_day = 0 if (reports.ends_on + _DAY).day == 1 else min(reports.ends_on.day, CUTOFF_MAX)
    period = find_ending(reports.rhythm, reports.ends_on, cutoff_day)
    # A report within the limit of the period before answers that one; the running one has its own to come.
    counted_on, last_on = (
        None if at is None else reading.calendar.local_date(at) for at in (reports.reported_at, progress_at)
    )
    if counted_on is not None and counted_on >= period.starts_on:
        last_on, due_on = counted_on, find_next(reports.rhythm, period, cutoff_day).ends_on
    else:
        due_on = reports.ends_on
    if last_on is None or last_on < period.starts_on:
        return _Report(_("请您在%(day)s前报告进展", day=spell_day(due_on)), is_owed=True)
    told = _("%(day)s已报告进展，下次在%(next)s前", day=spell_day(last_on), next=spell_day(due_on))
    return _Report(told, is_owed=False)


def _say_blocked(blocked: Sequence[Offer]) -> str:
    """Return what the bar says where it is the visitor's turn and no move on the way is open."""
    if not blocked:
        return _("等您办理")
    return _("等您%(action)s，目前还不能办", action=_join_moves([say(offer.label) for offer in blocked[:2]]))


def _find_amount(detail: ItemDetail) -> int | None:
    """Return what an item is about in fen, as `app.policy.amount` has it; None for items about no money."""
    own = detail.details
    if detail.row.kind == "allocation":
        granted: int | None = own["granted_fen"]
        return own["requested_fen"] if granted is None else granted
    return own.get("amount_fen") if detail.row.kind == "disbursement" else None


def _is_awaited(state: CompiledState, detail: ItemDetail, actor: Actor) -> bool:
    """Whether the state waits for one of the actor's posts, and not for signatures."""
    role = state.waits_for
    if role is None or open_round(detail) is not None:
        return False
    above = detail.parent.department_id if detail.parent is not None else None
    supports = frozenset(one.department_id for one in detail.supports)
    place = Place(detail.row.department_id, supports, above, detail.row.assignee_id, kind=detail.row.kind,
                  amount_fen=_find_amount(detail), chair_post_id=detail.details.get("chair_post_id"))  # fmt: skip
    return any(role.fits(capacity, place) for capacity in actor.capacities)


def _make_buttons(item_id: int, kind: str, offers: list[Offer]) -> tuple[Button, ...]:
    found: list[Button] = []
    for offer in offers:
        address = url_for("item.show_action", item_id=item_id, action=offer.action)
        if offer.action == SIGN and not offer.is_opinion:
            sent = url_for("item.take_action", item_id=item_id, action=SIGN)
            is_direct = len(offer.posts) == 1
            found += [
                Button(_agree(offer), sent if is_direct else address,
                       _css(len(found)), is_direct, make_key(), (("verdict", "agree"),)),
                Button(_("不同意"), f"{address}?verdict=refuse", "plain", is_direct=False),
            ]  # fmt: skip
            continue
        is_direct = not offer.fields and not offer.is_grave and len(offer.posts) == 1
        css = "danger" if offer.is_grave and offer.action not in ENDS else _css(len(found))
        if is_direct:
            address = url_for("item.take_action", item_id=item_id, action=offer.action)
        label = name_grave(offer.action, say(offer.label), kind) if offer.is_grave else say(offer.label)
        found.append(Button(label, address, css, is_direct, make_key()))
    return tuple(found)


def name_grave(action: str, label: str, kind: str) -> str:
    """Return the label of a move that ends an item, with what it ends: 取消任务."""
    if kind in MEETING_KINDS:
        return label
    match action, kind:
        case "cancel", "project":
            return _("取消项目")
        case "cancel", "share":
            return _("取消分工")
        case "cancel", _:
            return _("取消任务")
        case "close", _:
            return _("项目结项")
        case _:
            return label


def tell_grave(action: str, kind: str) -> str:
    """Return what a move that ends an item ends with it, as a sentence."""
    if kind in MEETING_KINDS:
        return tell_grave_of_meeting(action, kind)
    match action, kind:
        case "cancel", "project":
            return _("项目即告终止，不能恢复；其下未了结的任务和分工一并取消。请确认后再提交。")
        case "cancel", "share":
            return _("此项分工即告终止，不能恢复；所属任务不受影响。请确认后再提交。")
        case "cancel", _:
            return _("任务即告终止，不能恢复；其下未了结的任务和分工一并取消。请确认后再提交。")
        case "close", _:
            return _("项目即告结束，不能再办。请确认后再提交。")
        case _:
            return _tell_other_end(action, kind)


def _tell_other_end(action: str, kind: str) -> str:
    match action, kind:
        case "split", _:
            return _("本任务即告结束，由分解后的各项任务取代，不能恢复。请确认后再提交。")
        case "merge", _:
            return _("本任务即告结束，由所并入的任务取代，不能恢复。请确认后再提交。")
        case "withdraw", "slip":
            return _("本单即告撤销，所扣分数退还，不能恢复。请确认后再提交。")
        case _:
            return _("事项即告结束。请确认后再提交。")


def _agree(offer: Offer) -> str:
    return _("同意") + say(offer.label) if current_lang() == "zh" else _("同意")


def _css(place: int) -> str:
    return ("primary", "plain")[place] if place < 2 else "quiet"  # noqa: PLR2004  # one filled, one outlined


def _calm(button: Button) -> Button:
    """Return the button without a fill: nothing waits for the visitor."""
    css = "plain" if button.css == "primary" else button.css
    return Button(button.label, button.address, css, button.is_direct, button.key, button.values)


def _say(state: CompiledState, main: list[Offer], detail: ItemDetail) -> str:
    if not state.is_open:
        return _("%(state)s，无需再办", state=say_label(state.label))
    if main and main[0].is_opinion:
        return _("请您提出意见，只供参考，不计票")
    if main and main[0].action == SIGN:
        return _("请您%(round)s：同意或者不同意", round=say(main[0].label))
    if main:
        labels = [say(offer.label) for offer in main[:2]]
        return _("请您%(action)s", action=_join_moves(labels))
    round_ = open_round(detail)
    if round_ is not None:
        return _("等%(who)s会签", who=join_names(name_missing(round_)))
    return _("等%(who)s办理", who=_name_awaited(state, detail))


def _join_moves(labels: list[str]) -> str:
    if not labels[1:]:
        return labels[0]
    one, other = labels
    if "，" in one + other:
        return _("决定：%(one)s；或者%(other)s", one=one, other=other)
    return _("%(one)s或%(other)s", one=one, other=other)


def _name_awaited(state: CompiledState, detail: ItemDetail) -> str:
    role = state.waits_for
    if role is None:
        return say(None)
    if role.assignee and detail.row.assignee_name:
        return detail.row.assignee_name
    if role.relation == "own":
        return _("%(department)s（%(role)s）", department=name_lead(detail.row), role=name_role(role, detail.row.kind))
    if role.relation == "parent" and detail.parent is not None:
        return _("%(department)s（%(role)s）", department=name_lead(detail.parent), role=say(role.label))
    return name_role(role, detail.row.kind)


def open_round(detail: ItemDetail) -> SignOffRow | None:
    """Return the round of signatures that is being collected, if one is."""
    return next((round_ for round_ in detail.sign_offs if round_.outcome is None), None)


def name_missing(round_: SignOffRow) -> list[str]:
    """Return whose signature is missing now; where somebody has to sign first, those who wait for them are not told."""
    due = [slot for slot in round_.slots if slot.is_due]
    return list(dict.fromkeys(name_signer(slot) for slot in due or round_.slots if slot.is_missing))


def name_signer(slot: SlotRow) -> str:
    """Return who is asked to sign: the department, and the person where one was named."""
    department = name_department(slot.department_name, slot.department_name_en)
    if slot.named is not None:
        return f"{department} {slot.named}" if department else slot.named
    role = SIGNING_ROLES.get(slot.role)
    return department or (say(role.label) if role else slot.role)


def _why(main: list[Offer], state: CompiledState, detail: ItemDetail, reading: Reading, visitor: Visitor) -> Markup:
    parts: list[Markup] = []
    if main:
        posts = {post.post_id for post in main[0].posts}
        if len(posts) == 1:
            parts.append(escape(_("以%(post)s身份。", post=visitor.name_post(posts.pop()))))
        else:
            parts.append(escape(_("您有几个职务可办，提交时选定。")))
    round_ = open_round(detail)
    if round_ is not None and main:
        counting = [slot for slot in round_.slots if slot.counts]
        signed = sum(slot.verdict is not None for slot in counting)
        parts.append(escape(_("共%(total)s签，已签%(signed)s签，还差%(who)s。", total=len(counting), signed=signed,
                              who=join_names(name_missing(round_)))))  # fmt: skip
        machine = reading.machines[detail.row.kind, detail.row.workflow_version]
        parts.append(escape(say(tell_rule(read_kept(machine.sign_offs[round_.name], round_.rule)))))
    if state.is_open:
        # Signatures that came in the same state: whoever is next waits from the last one on.
        signed_at = [one.closed_at for one in detail.sign_offs if one.outcome == "agreed" and one.closed_at is not None]
        since = max([detail.state_since, *signed_at])
        waiting = (
            tell_waiting(round_.opened_at, reading) if round_
            else tell_since(since, detail.row.last_progress_at, reading)
        )  # fmt: skip
        parts.append(escape(_("%(text)s。")) % {"text": _begin(waiting)})
    return (Markup() if current_lang() == "zh" else Markup(" ")).join(parts)


def _begin(text: Markup) -> Markup:
    """Return a text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def tell_since(state_since: datetime, progress_at: datetime | None, reading: Reading) -> Markup:
    """Return since when an item stands as it does: its last progress, where there was some in its present state."""
    if progress_at is None or progress_at <= state_since:
        return tell_waiting(state_since, reading)
    day = reading.calendar.local_date(progress_at)
    count = reading.calendar.workdays_between(day, reading.today)
    told = escape(_("最近进展%(day)s")) % {"day": show_day(day)}
    if count < 1:
        return told
    passed = keep_together(ngettext("%(num)s个工作日", "%(num)s个工作日", count))
    return escape(_("%(told)s，已过%(count)s")) % {"told": told, "count": passed}


def tell_waiting(since: datetime, reading: Reading) -> Markup:
    """Return since when something waits: 6月11日起，已等待3个工作日."""
    day = reading.calendar.local_date(since)
    count = reading.calendar.workdays_between(day, reading.today)
    if count < 1:
        return escape(_("%(day)s起")) % {"day": show_day(day)}
    waited = keep_together(ngettext("%(num)s个工作日", "%(num)s个工作日", count))
    return escape(_("%(day)s起，已等待%(count)s")) % {"day": show_day(day), "count": waited}
