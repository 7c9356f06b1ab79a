"""Files of meetings at the edges: which mapping reads them."""

from pathlib import Path

from app.edge import ledger
from app.ledger.meeting.mapping import MeetingMapping, load_meeting_mapping

SHIPPED = ledger.SHIPPED / "meetings"


def find_meeting_mapping(name: str | None, file: Path) -> MeetingMapping:
    """Return the mapping of meetings as `ledger.find_mapping_for` finds it; InvalidError likewise."""
    return ledger.find_mapping_for(name, file, SHIPPED, load_meeting_mapping)
