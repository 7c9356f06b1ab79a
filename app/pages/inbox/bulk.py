"""Many items at once: the moves that fit all that were selected, their common fields, a result for each item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g, url_for
from werkzeug.datastructures import MultiDict

from app.edge.bulk import ITEMS_MAX, Pick, Result
from app.edge.context import Context
from app.edge.unit import Unit
from app.pages.items.form import read_number
from app.pages.items.item_row import name_number
from app.pages.session import Visitor
from app.pages.show import say, say_label
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.policy.people import Actor
from app.queries.work.named import find_named
from app.services.bulk.offers import list_offers_of
from app.services.offer import VERDICTS, Offer, OfferedField, OfferedPost, Offers
from app.services.signing.input import SIGN

#: Kinds of fields that mean something else for each item.
_SINGLE = frozenset({"parts", "item", "answers", "person", "section", "department"})


@dataclass(frozen=True, slots=True)
class Move:
    """A step that fits every selected item; `fields` are those that all of them take."""

    action: str
    label: str
    fields: tuple[OfferedField, ...]
    posts: tuple[OfferedPost, ...]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What became of one item, in words."""

    address: str
    number: str
    title: str
    is_done: bool
    text: str


def read_picks(given: MultiDict[str, str]) -> list[Pick]:
    """Read what was selected: `pick` as id.version, each item once, at most a hundred."""
    found: dict[int, Pick] = {}
    for text in given.getlist("pick"):
        item, _, version = text.partition(".")
        item_id = read_number(item)
        if item_id:
            found.setdefault(item_id, Pick(item_id, read_number(version)))
    if len(found) > ITEMS_MAX:
        g.left_out_picks = len(found) - ITEMS_MAX
    return list(found.values())[:ITEMS_MAX]


def tell_left_out() -> str:
    """Return how many of what was selected are left out of this step; "" when all are in it."""
    count: int = g.get("left_out_picks", 0)
    if not count:
        return ""
    return ngettext(
        "一次最多办理%(most)s件，另有%(num)s件不在其内。", "一次最多办理%(most)s件，另有%(num)s件不在其内。", count,
        most=ITEMS_MAX,
    )  # fmt: skip


def find_moves(unit: Unit, context: Context, actor: Actor, picks: Sequence[Pick]) -> tuple[Move, ...]:
    """Return the moves that fit all of `picks` now; none when one of them is not the actor's any more (PEERS 28)."""
    readable = find_named(unit.connection(), actor.readers, [pick.item_id for pick in picks], context.today())
    offers = list_offers_of(unit.connection(), context.book, actor, list(readable), context.now())
    return list_common(list(offers.values())) if len(offers) == len(picks) else ()


def list_common(found: Sequence[Offers]) -> tuple[Move, ...]:
    """Return the moves that are open on every item, under one name, asking nothing that is one item's own."""
    if not found:
        return ()
    moves = []
    for offer in found[0].offers:
        same = [next((one for one in other.offers if _is_same(one, offer)), None) for other in found]
        known = [one for one in same if one is not None]
        if len(known) == len(found):
            moves.append(_make_move(known))
    return tuple(move for move in moves if move is not None)


def fits_many(offer: Offer) -> bool:
    """Whether a move can be taken on many items at once: open, no end of an item, no field that is one item's own."""
    is_single = any(field.is_required and field.kind in _SINGLE for field in offer.fields)
    return offer.is_open and not offer.is_grave and not is_single


def _is_same(one: Offer, other: Offer) -> bool:
    return one.is_open and not one.is_grave and (one.action, one.label) == (other.action, other.label)


def _make_move(offers: Sequence[Offer]) -> Move | None:
    """Return the move, None when an item needs a field that another does not take, or posts have none in common."""
    first = offers[0]
    common = [
        replace(field, is_required=any(field.name == one.name and one.is_required for o in offers for one in o.fields))
        for field in first.fields
        if field.kind not in _SINGLE and all(_takes(offer, field) for offer in offers)
    ]
    names = {field.name for field in common}
    if any(field.is_required and field.name not in names for offer in offers for field in offer.fields):
        return None
    several = [offer.posts for offer in offers if len(offer.posts) > 1]
    posts = tuple(post for post in several[0] if all(_holds(held, post) for held in several)) if several else ()
    if several and not posts:
        return None
    label = say_label(first.label)
    if first.action == SIGN:
        common = [replace(field, options=VERDICTS) if field.name == "verdict" else field for field in common]
    return Move(first.action, label, tuple(common), posts)


def _holds(posts: Sequence[OfferedPost], wanted: OfferedPost) -> bool:
    return any(post.post_id == wanted.post_id for post in posts)


def _takes(offer: Offer, wanted: OfferedField) -> bool:
    return any(
        (field.name, field.kind, field.options) == (wanted.name, wanted.kind, wanted.options) for field in offer.fields
    )


def spread_post(offers: Mapping[int, Offers], picks: Sequence[Pick], action: str, as_post: int | None) -> list[Pick]:
    """Return the picks with the chosen post where more than one fits; where one fits, it is that."""
    found = []
    for pick in picks:
        own = next((one for one in offers[pick.item_id].offers if one.action == action), None) if (
            pick.item_id in offers) else None  # fmt: skip
        needs = own is not None and len(own.posts) > 1
        found.append(replace(pick, as_post=as_post if needs else None))
    return found


def tell_results(unit: Unit, context: Context, actor: Actor, results: Sequence[Result]) -> tuple[ResultLine, ...]:
    """Return the results in words; what may not be read (any more) has no title."""
    named = find_named(unit.connection(), actor.readers, [one.item_id for one in results], context.today())
    found = []
    for one in results:
        row = named.get(one.item_id)
        if one.error is not None:
            text = say(one.error.sentence)
            faults = getattr(one.error, "faults", ())
            text = " ".join(say(fault.sentence) for fault in faults) or text
        else:
            text = _("已办理，现为“%(state)s”", state=_name_state(unit, context, one.answer or {}))
        found.append(
            ResultLine(
                address=url_for("item.show_item", item_id=one.item_id) if row else "",
                number=name_number(row) if row else "",
                title=row.title if row else _("没有这个事项，或您无权查看"),
                is_done=one.error is None,
                text=text,
            )
        )
    return tuple(found)


def _name_state(unit: Unit, context: Context, answer: Mapping[str, Any]) -> str:
    machine = context.book.current_machine(unit.connection(), answer["kind"])
    state = machine.states.get(answer["state"])
    return say(state.label) if state else str(answer["state"])


def name_posts(visitor: Visitor, posts: Sequence[OfferedPost]) -> list[dict[str, Any]]:
    """Return posts as the picker of a form shows them."""
    return [{"post_id": post.post_id, "label": visitor.name_post(post.post_id)} for post in posts]
