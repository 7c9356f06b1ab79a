"""Rows of the inbox: why an item waits for the visitor, since when, until when, what follows; its buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from markupsafe import Markup, escape

from app.edge.context import Context
from app.edge.unit import Unit
from app.edge.work import WorkRow, name_role
from app.pages.inbox.bulk import fits_many
from app.pages.items.form import make_key
from app.pages.items.item_row import Reading, make_reading, name_lead, name_number
from app.pages.items.next_bar import REFER, is_on_way, name_grave, tell_since, tell_waiting
from app.pages.session import Visitor
from app.pages.show import GAP, keep_together, say, say_label, show_day
from app.pages.telling import Telling, name_rise, tell_due
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.work.consequence import Consequence
from app.services.offer import Offer
from app.services.signing.input import SIGN
from workflows.machine import LEVEL_LABELS

RESUME = "resume"
_BUTTONS_MAX = 2


@dataclass(frozen=True, slots=True)
class RowButton:
    """A move in the row: sent at once when it asks for nothing, else `form` opens its form in the row, or its page."""

    label: str
    action: str
    css: str
    is_direct: bool
    address: str
    form: str
    key: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One row."""

    id: int
    version: int
    address: str
    ask: str
    number: str
    title: str
    why: Markup
    limit: Markup
    due: Telling
    age: Markup
    following: Markup
    rung: int
    rung_label: str
    buttons: tuple[RowButton, ...]
    #: Whether some move may be taken on it together with others.
    can_bulk: bool
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one label."""

    label: str
    rows: tuple[InboxLine, ...]


def make_lines(unit: Unit, context: Context, visitor: Visitor, rows: Sequence[WorkRow]) -> tuple[InboxLine, ...]:
    """Return rows for reading, in the same order."""
    reading = make_reading(unit, context, [row.found.item for row in rows])
    return tuple(_line(context, row, reading, visitor) for row in rows)


def group_lines(lines: Sequence[InboxLine], today: date) -> tuple[Group, ...]:
    """Return the rows by urgency: late or today, this week, later; empty groups are left out."""
    sunday = today + timedelta(days=6 - today.weekday())
    labels = (_("今天和已到期"), _("本周"), _("以后"))
    found: list[list[InboxLine]] = [[], [], []]
    for line in lines:
        day = line.due_on
        found[2 if day is None or day > sunday else 0 if day <= today else 1].append(line)
    return tuple(Group(label, tuple(part)) for label, part in zip(labels, found, strict=True) if part)


def _line(context: Context, row: WorkRow, reading: Reading, visitor: Visitor) -> InboxLine:
    item, state = row.found.item, reading.state(row.found.item)
    due = tell_due(item.due_on, reading.today, reading.calendar, is_open=not state.is_pause)
    limit = escape(_("未定期限")) if item.due_on is None else show_day(item.due_on)
    if due.text:
        limit = escape(_("%(limit)s，%(how)s")) % {"limit": limit, "how": due.text}
    return InboxLine(
        id=item.id,
        version=item.version,
        address=url_for("item.show_item", item_id=item.id),
        ask=_("待签署") if row.found.owes_signature else say_label(state.label),
        number=name_number(item),
        title=item.title,
        why=_tell_why(row, visitor),
        limit=limit,
        due=due,
        age=tell_waiting(row.found.since, reading)
        if row.found.owes_signature
        else tell_since(row.found.since, item.last_progress_at, reading),
        following=tell_consequence(context, row.consequence),
        rung=item.rung,
        rung_label=say_label(LEVEL_LABELS[item.rung]) if item.rung else "",
        buttons=make_buttons(item.id, item.kind, row.offers),
        can_bulk=any(fits_many(offer) for offer in row.offers),
        due_on=item.due_on,
    )


def _tell_why(row: WorkRow, visitor: Visitor) -> Markup:
    """Return whose it is and in which post it waits for the visitor."""
    item = row.found.item
    parts = [keep_together(name_number(item)), escape(name_lead(item))]
    if row.found.for_person_name is not None:
        parts.insert(0, Markup("<b>{}</b>").format(_("代%(name)s办理", name=row.found.for_person_name)))
    posts = {post.post_id for offer in row.offers for post in offer.posts}
    if row.role is not None:
        parts.append(escape(_("等您（%(role)s）", role=say(row.role))))
    if len(visitor.posts) > 1 and len(posts) == 1:
        parts.append(escape(_("您以%(post)s身份", post=visitor.name_post(posts.pop()))))
    rule = next((offer.rule_text for offer in row.offers if offer.action == SIGN and offer.is_open), None)
    if rule is not None:
        parts.append(escape(say(rule)))
    return GAP.join(parts)


def tell_consequence(context: Context, following: Consequence | None) -> Markup:
    """Return what follows if nobody acts: 3月9日仍未办即发督办单，告知协调办."""
    if following is None:
        return Markup()
    label = name_rise(following.level)
    told = say(name_role(following.to_role))
    if following.at <= context.now():
        return escape(_("下次巡检即%(level)s，告知%(who)s", level=label, who=told))
    day = show_day(following.at.astimezone(context.settings.timezone).date())
    return escape(_("%(day)s仍未办即%(level)s，告知%(who)s")) % {"day": day, "level": label, "who": told}


def pick_main(offers: Sequence[Offer]) -> list[Offer]:
    """Return the open moves of a row, what the item waits for first; what breaks it off has its own page only."""
    possible = [offer for offer in offers if offer.is_open]
    found = [offer for offer in possible if is_on_way(offer)]
    # A pause waits for nothing else than its end.
    found = found or [offer for offer in possible if offer.action == RESUME]
    found.sort(key=lambda offer: (offer.action != SIGN, offer.action == REFER))
    return found


def make_buttons(item_id: int, kind: str, offers: Sequence[Offer]) -> tuple[RowButton, ...]:
    """Return the buttons of a row: at most two, a signature and its refusal count as these."""
    found: list[RowButton] = []
    for offer in pick_main(offers):
        sent = url_for("inbox.take", item_id=item_id, action=offer.action)
        page = url_for("item.show_action", item_id=item_id, action=offer.action)
        form = url_for("inbox.show_form", item_id=item_id, action=offer.action)
        is_single = len(offer.posts) == 1
        if offer.action == SIGN and not offer.is_opinion:
            agree = _("同意") + say(offer.label) if current_lang() == "zh" else _("同意")
            found += [
                RowButton(agree, SIGN, "primary", is_single, sent if is_single else page, form, make_key(),
                          (("verdict", "agree"),)),
                RowButton(_("不同意"), SIGN, "plain", is_direct=False, address=f"{page}?verdict=refuse",
                          form=f"{form}?verdict=refuse"),
            ]  # fmt: skip
            continue
        is_direct = not offer.fields and is_single and not offer.is_grave
        css = "plain" if found else "primary"
        found.append(
            RowButton(name_move(offer, kind), offer.action, css, is_direct, sent if is_direct else page,
                      "" if offer.is_grave else form, make_key())
        )  # fmt: skip
    return tuple(found[:_BUTTONS_MAX])


def name_move(offer: Offer, kind: str) -> str:
    """Return the label of a move; one that ends the item says what it ends."""
    label = say_label(offer.label)
    return name_grave(offer.action, label, kind) if offer.is_grave else label


def count_selected(count: int) -> str:
    """Return how many are selected, in words."""
    return ngettext("已选%(num)s件", "已选%(num)s件", count)
