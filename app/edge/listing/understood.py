"""Holds an address to its word where it is exported or kept: neither gives more than was asked for.

A page leaves out what it does not understand and says so; a file has nobody to say it to.
"""

from urllib.parse import parse_qsl

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Unit
from app.edge.listing.asking import find_department_id
from app.schemas.listing import FILTERS, find_dropped, read_address

_SHOWN_MAX = 40
#: What an address may carry beside its filters: a place in the list, a language, a saved view.
_BESIDE = frozenset({"cursor", "lang", "after"})


def require_understood(unit: Unit, query: str, *, prefix: str = "") -> None:
    """Raise InvalidError with every filter of an address that means nothing here: name, value or department.

    A fault's field is the filter's name behind `prefix`.
    """
    faults = [_fault(prefix + name, value) for name, value in find_dropped(query)]
    names = dict.fromkeys(name for name, _value in parse_qsl(query, keep_blank_values=True))
    faults += [
        Fault(f"{prefix}{name[:_SHOWN_MAX]}", Sentence("没有这个筛选条件。", "There is no such filter."))
        for name in names if name not in FILTERS and name not in _BESIDE
    ]  # fmt: skip
    found = read_address(query)
    for name, text in (("department", found.department), ("support", found.support)):
        if text and find_department_id(unit.connection(), text, name) is None:
            faults.append(_fault(prefix + name, text))
    if faults:
        raise InvalidError(faults, code="filters_unknown")


def _fault(field: str, value: str) -> Fault:
    shown = value[:_SHOWN_MAX]
    name = field.rpartition(".")[2]
    said = Sentence(
        f"筛选条件{name}的值“{shown}”无法识别，没有办理。",
        f"The filter {name} has no value {shown!r}; nothing was done.",
    )
    return Fault(field, said)
