"""The light of an item over time: the strip beside the light, and its history with every override."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.item_row import name_acting
from app.pages.show import say_label, show_day, show_instant_day, spell_day
from app.pages.telling import name_light, tell_rule
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.project.lights import LightHistory, OverrideRow
from reports.timeline import Stretch, draw_lights
from workflows.light import COLOUR_LABELS


@dataclass(frozen=True, slots=True)
class LightView:
    """A light as it was from a day on."""

    day: Markup
    colour: str
    label: str
    rule: Markup
    until: Markup


@dataclass(frozen=True, slots=True)
class OverrideView:
    """A light set by hand: what, by whom, why; `address` leads to the request."""

    text: Markup
    reason: str
    address: str


@dataclass(frozen=True, slots=True)
class LightPanel:
    """The strip and what stands beside it; the rows the newest first."""

    strip: Markup
    rows: tuple[LightView, ...]
    overrides: tuple[OverrideView, ...]
    is_more: bool


def make_lights(history: LightHistory, today: date, override_request_id: int | None = None) -> LightPanel | None:
    """Return the panel; None before the first light.

    With `override_request_id` only the override that holds now is told (the panel beside the light).
    """
    if not history.rows:
        return None
    ends = [*(row.on_day for row in history.rows[1:]), today]
    # After its end an item has no light: the strip ends there.
    stretches = [
        Stretch(row.on_day, end, row.light)
        for row, end in zip(history.rows, ends, strict=True)
        if row.light_rule != "closed"
    ]
    rows = tuple(
        LightView(
            show_day(row.on_day),
            row.light,
            name_light(row.light, row.light_rule),
            tell_rule(row.light_rule, None),
            show_day(end) if place < len(history.rows) else escape(_("现在")),
        )
        for place, (row, end) in enumerate(zip(history.rows, ends, strict=True), 1)
    )
    overrides = [
        one for one in history.overrides if override_request_id is None or one.request_id == override_request_id
    ]
    return LightPanel(
        draw_lights(stretches, _speak(stretches)) if len(stretches) > 1 else Markup(),
        rows[::-1],
        tuple(_override(one) for one in overrides[::-1]),
        history.is_more,
    )


def _speak(stretches: list[Stretch]) -> str:
    parts: Iterator[str] = (
        _("%(day)s起%(light)s", day=spell_day(one.from_on), light=say_label(COLOUR_LABELS[one.light]))
        for one in stretches
    )
    return ("；" if current_lang() == "zh" else "; ").join(parts)


def _override(one: OverrideRow) -> OverrideView:
    values = {"day": show_instant_day(one.at), "name": name_acting(one.by_name, one.on_behalf_of_name)}
    if one.light is None:
        text = escape(_("%(day)s %(name)s取消人工调整")) % values
    else:
        until = show_day(one.until_on)
        values |= {"light": escape(say_label(COLOUR_LABELS[one.light])), "until": until}
        text = escape(_("%(day)s %(name)s批准人工调整为%(light)s，至%(until)s")) % values
    address = url_for("item.show_item", item_id=one.request_id) if one.request_id else ""
    return OverrideView(text, one.reason or "", address)
