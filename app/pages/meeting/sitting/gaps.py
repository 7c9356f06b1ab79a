"""What a meeting's page asks of the office beyond its steps: topics that wait, outcomes and dates that are missing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.pages.items.next_bar import Button, NextBar
from app.pages.words import current_lang, ngettext
from app.pages.words import gettext as _
from app.queries.meeting.sitting import Sitting


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, in a sentence's part."""

    text: str


def find_gaps(values: dict[str, Any]) -> list[Gap]:
    """Return what is missing in a meeting's record, of what its page (`make_sitting`'s values) shows."""
    gaps = []
    for number, one in enumerate(values["decided"], 1):
        if one.lacks_lead and one.lacks_due:
            gaps.append(Gap(_("议定事项%(number)s缺牵头单位和期限", number=number)))
        elif one.lacks_lead:
            gaps.append(Gap(_("议定事项%(number)s缺牵头单位", number=number)))
        elif one.lacks_due:
            gaps.append(Gap(_("议定事项%(number)s缺期限", number=number)))
    is_over = values["sitting"].state == "minutes_draft"
    if values["sitting"].state == "held" or is_over:
        # In session a topic that was not taken up yet lacks nothing.
        lacking = [one for one in values["agenda"] if one.tone == "red" or (is_over and one.tone != "green")]
        gaps += [Gap(_("议题%(place)s没有记录结论", place=one.place)) for one in lacking]
    return gaps


def complete_next(bar: NextBar, values: dict[str, Any]) -> NextBar:
    """Return the bar with what is missing and the way there, for the office while it records or drafts."""
    sitting: Sitting = values["sitting"]
    if not values["is_office"]:
        return bar
    live = url_for("live.show", meeting_id=sitting.id)
    gaps = find_gaps(values)
    match sitting.state:
        case "collecting" if values["waiting"]:
            count = len(values["waiting"])
            say = ngettext("有%(num)s个议题等您处理", "有%(num)s个议题等您处理", count)
            first = Button(_("去处理"), values["waiting"][0][1], "primary", is_direct=False)
            return _ask(bar, say, "", first)
        case "notified" if values.get("chair_away"):
            say = _("主持人请假，请另行确定主持人")
            address = url_for("item.show_action", item_id=sitting.id, action="name_chair")
            return _ask(bar, say, "", Button(_("确定主持人"), address, "primary", is_direct=False))
        case "held":
            say = _("会议正在召开，请随时记录")
            return _ask(bar, say, _tell(gaps), Button(_("会议记录"), live, "primary", is_direct=False))
        case "minutes_draft" if gaps:
            say = ngettext("补齐%(num)s处后，即可送会签", "补齐%(num)s处后，即可送会签", len(gaps))
            preview = Button(_("预览纪要"), url_for("minutes.show", meeting_id=sitting.id), "plain", is_direct=False)
            fill = Button(_("去补齐"), _find_first(values, live), "primary", is_direct=False)
            # Until when the minutes are to be drafted says more than since when they are.
            return _ask(replace(bar, why=_end(values["head"].limit)), say, _tell(gaps), fill, preview)
        case _:
            return bar


def _find_first(values: dict[str, Any], live: str) -> str:
    """Return where the first gap is filled: the form of the decision, else the page of the session."""
    return next((one.edit_address for one in values["decided"] if not one.is_whole and one.edit_address), live)


def _tell(gaps: Sequence[Gap]) -> str:
    if not gaps:
        return ""
    more = [_("等%(count)s处", count=len(gaps))] if len(gaps) > 5 else []  # noqa: PLR2004  # as many as fit two lines
    text = ("；" if current_lang() == "zh" else "; ").join([*(gap.text for gap in gaps[:5]), *more])
    return f"{text[:1].upper()}{text[1:]}"


def _ask(bar: NextBar, say: str, told: str, *first: Button) -> NextBar:
    others = tuple(replace(one, css="plain") if one.css == "primary" else one for one in bar.offers)
    gap = escape("" if current_lang() == "zh" else " ")
    why = _end(escape(told)) + gap + bar.why if told else bar.why
    return replace(bar, say=say, why=why, offers=(*first, *others), is_yours=True)


def _end(text: Markup) -> Markup:
    """Return a text as a sentence."""
    return text + escape("。" if current_lang() == "zh" else ".")
