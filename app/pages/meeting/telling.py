"""What the office sees of a meeting's day and room: how it stands now, and which meeting wants the same room."""

from app.edge.context import Context, Unit
from app.edge.reading import Reading
from app.pages.meeting.wording import show_span
from app.pages.words import gettext as _
from app.queries.meeting.clash import Clash, list_clashes
from app.queries.meeting.sitting import find_sitting

#: The steps whose form starts from the present day and place.
_MOVING = ("reschedule", "arrange")


def tell_present(unit: Unit, context: Context, read: Reading, action: str) -> list[str]:
    """Return, over the form that moves a meeting, when and where it is now; nothing over other forms."""
    if read.item.row.kind != "meeting" or action not in _MOVING:
        return []
    found = find_sitting(unit.connection(), read.actor.readers, read.item.row.id, context.today())
    span = show_span(found.starts_at, found.ends_at)
    if found.place:
        return [_("现定：%(when)s，%(place)s。时间、地点不填的不变。", when=span, place=found.place)]
    return [_("现定：%(when)s，地点未定。时间不填的不变。", when=span)]


def tell_clashes(unit: Unit, read: Reading) -> list[str]:
    """Return a sentence for each other meeting in the same room at the same time, without what one may not read."""
    found = list_clashes(unit.connection(), read.actor.readers, read.item.row.id)
    return [_tell(one) for one in found]


def _tell(one: Clash) -> str:
    span = show_span(one.starts_at, one.ends_at)
    if one.title is None:
        return _("%(when)s该地点另有一次会议。", when=span)
    return _("%(when)s该地点另有会议：%(title)s。", when=span, title=one.title)
