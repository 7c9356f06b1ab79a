"""Files of meetings at the edges: which mapping reads them."""

from pathlib import Path

from app.core.errors import Fault, InvalidError, Sentence
from app.ledger.mapping_file import MappingError
from app.ledger.meeting.mapping import MeetingMapping, load_meeting_mapping
from config import ROOT

SHIPPED = ROOT / "docs" / "mappings" / "meetings"


def find_meeting_mapping(name: str | None, file: Path) -> MeetingMapping:
    """Return the mapping in the file `name` or the shipped one of that name; without a name the one called as `file`.

    InvalidError lists every fault of the mapping, or the names of those that are shipped.
    """
    path = Path(name) if name is not None else Path()
    if not path.is_file():
        path = SHIPPED / f"{file.stem if name is None else name}.toml"
    if not path.is_file():
        known = "、".join(sorted(one.stem for one in SHIPPED.glob("*.toml")))
        said = Sentence(
            f"没有文件或随附映射“{name or file.stem}”，随附的有：{known}",
            f"no file and no shipped mapping {name or file.stem!r}: {known}",
        )
        raise InvalidError([Fault("--mapping", said)])
    try:
        return load_meeting_mapping(path)
    except MappingError as error:
        raise InvalidError([Fault(fault.place, Sentence(fault.zh, fault.en)) for fault in error.faults]) from error
