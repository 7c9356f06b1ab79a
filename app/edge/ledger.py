"""Ledgers at the edges: which mapping reads a file, the words of our own format, files to hand out."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from app.core.errors import Fault, InvalidError, Sentence
from app.ledger.mapping import LedgerMapping
from app.ledger.mapping_file import MappingError, load_mapping
from app.ledger.own import own_mapping
from app.ledger.rows import LedgerRow
from app.ledger.writer import write_csv, write_xlsx
from config import ROOT
from workflows.catalogue import WORKFLOWS

Mapping = TypeVar("Mapping")
SHIPPED = ROOT / "docs" / "mappings"
ENDINGS = ("csv", "xlsx")
URGENCIES = {
    "normal": ("一般", "normal"),
    "urgent": ("紧急", "urgent"),
    "very_urgent": ("特急", "very urgent"),
}


def list_shipped_mappings() -> tuple[str, ...]:
    """Return the names of the mappings that come with the product."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def find_mapping(name: str | None, kind: Literal["project", "task"] = "task") -> LedgerMapping:
    """Return the mapping in the file `name`, the shipped one of that name, or without a name our own format.

    InvalidError lists every fault of the file. `kind` is what rows of our own format are that name none.
    """
    if name is None:
        return own_mapping(kind, _labels())
    path = Path(name)
    if not path.is_file():
        path = SHIPPED / f"{name}.toml"
        if name not in list_shipped_mappings():
            known = "、".join(list_shipped_mappings())
            said = Sentence(
                f"没有文件或随附映射“{name}”，随附的有：{known}", f"no file and no shipped mapping {name!r}: {known}"
            )
            raise InvalidError([Fault("--mapping", said)])
    return _load(load_mapping, path)


def find_mapping_for(name: str | None, file: Path, shipped: Path, load: Callable[[Path], Mapping]) -> Mapping:
    """Return the mapping in the file `name` or the shipped one of that name; without a name the one called as `file`.

    Those of the product lie in the folder `shipped`; `load` reads one. InvalidError lists every fault of the mapping,
    or the names of those that are shipped.
    """
    path = Path(name) if name is not None else Path()
    if not path.is_file():
        path = shipped / f"{file.stem if name is None else name}.toml"
    if not path.is_file():
        known = "、".join(sorted(one.stem for one in shipped.glob("*.toml")))
        said = Sentence(
            f"没有文件或随附映射“{name or file.stem}”，随附的有：{known}",
            f"no file and no shipped mapping {name or file.stem!r}: {known}",
        )
        raise InvalidError([Fault("--mapping", said)])
    return _load(load, path)


def _load(load: Callable[[Path], Mapping], path: Path) -> Mapping:
    try:
        return load(path)
    except MappingError as error:
        raise InvalidError([Fault(fault.place, Sentence(fault.zh, fault.en)) for fault in error.faults]) from error


def _labels() -> dict[str, dict[str, str]]:
    """Return the words by which our own format knows states and urgencies, {field: {label: value}}."""
    states: dict[str, str] = {}
    for kind in ("project", "task"):
        for state in WORKFLOWS[kind].states:
            states |= {state.label.zh: state.name, state.label.en: state.name, state.name: state.name}
    urgencies = {label: value for value, labels in URGENCIES.items() for label in (*labels, value)}
    return {"state": states, "urgency": urgencies}


def _label_row(row: LedgerRow, labels: dict[tuple[str, str], tuple[str, str]], place: int) -> LedgerRow:
    state = labels[row.kind, row.state][place] if row.state and (row.kind, row.state) in labels else row.state
    urgency = URGENCIES[row.urgency][place] if row.urgency else None
    return replace(row, state=state, urgency=urgency)


def write_ledger(rows: Iterable[LedgerRow], ending: str, *, lang: str, created_at: datetime) -> bytes:
    """Return the file's bytes in our own format, states and urgencies in words of `lang`; `ending` csv or xlsx."""
    labels = {
        (kind, state.name): (state.label.zh, state.label.en)
        for kind in ("project", "task")
        for state in WORKFLOWS[kind].states
    }
    chosen: Literal["zh", "en"] = "en" if lang == "en" else "zh"
    labelled = [_label_row(row, labels, int(chosen == "en")) for row in rows]
    if ending == "csv":
        return write_csv(labelled, lang=chosen)
    return write_xlsx(labelled, created_at=created_at, lang=chosen)
