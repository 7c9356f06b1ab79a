"""docs/permissions.md, for whoever wants to know who sees and does what: written from the table, never by hand."""

from collections.abc import Iterable
from pathlib import Path

from tests.permissions.classes import BY_KEY, CLASSES, Cell, Class, Keys
from tests.permissions.table import TABLE, list_rules_of
from tests.permissions.viewers import VIEWERS, Case

PATH = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
_SIGNS = {Cell.ALLOWED: "yes", Cell.MISSING: "–", Cell.REFUSED: "no", Cell.LOG_IN: "log in"}
#: The columns of the table at the head: (its words, a class, a case).
_COLUMNS = (
    ("reads an ordinary item", "reads", Case.ORDINARY),
    ("reads a confidential item", "reads", Case.CONFIDENTIAL),
    ("takes the office's steps", "office_step", Case.ORDINARY),
    ("adds files", "files", Case.ORDINARY),
    ("lays links", "links", Case.ORDINARY),
    ("makes tasks", "office", Case.ANY),
    ("proposes projects", "proposers", Case.ANY),
    ("exports, asks for reports", "posted", Case.ANY),
    ("sees the organisation's pages", "keepers", Case.ANY),
    ("changes the organisation", "admins", Case.ANY),
    ("reads the log", "log", Case.ANY),
)
_HEAD = """# Who may see and do what

Made from `tests/permissions/` by `make docs`; a test asks every address of the product as every role below and finds
when this page is stale or says something else than the product does.

**yes**: may. **–**: for this person it does not exist; the answer is the same as for something that never was (404).
**no**: refused with the reason, and the try is on record (403). **log in**: led to the log-in (pages) or answered 401
(API). Roles come from the posts that somebody holds at that moment; who holds several has the rights of all. A
substitute has, for the time of the delegation, what the lent posts may do. Whether a step fits the state of an item is
the workflows' matter (`docs/workflows/`): what is allowed here may still be answered with why it cannot be done now.

"""
_FOOT = """
## What is on record

Every act stands in an item's history and in the log. Of reading, the log keeps: everything that an auditor reads
(items, their parts, documents, files, exports, the log itself), every confidential item or document that the
leadership group reads, every file of a confidential item that is fetched, and every export of lists. A refused try is
kept as well.
"""


def write() -> str:
    """Return the page."""
    return _HEAD + _write_overview() + "".join(map(_write_class, CLASSES)) + _FOOT


def _write_overview() -> str:
    lines = ["| | " + " | ".join(said for said, _, _ in _COLUMNS) + " |", "|---" * (len(_COLUMNS) + 1) + "|"]
    for viewer in VIEWERS:
        cells = [_SIGNS[BY_KEY[key].cell(case, viewer.key)] for _, key, case in _COLUMNS]
        lines.append(f"| {viewer.said} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + f"\n\n{len(TABLE)} addresses fall into {len(CLASSES)} classes:\n"


def _write_class(one: Class) -> str:
    text = f"\n## {one.title}\n\n{one.said}\n\n"
    for case in one.allowed:
        said = "" if case is Case.ANY else f"{case.value.capitalize()}: "
        told = (Cell.ALLOWED, Cell.REFUSED, Cell.MISSING, *([Cell.LOG_IN] if one.leads_to_log_in else []))
        parts = [_tell(one, case, cell) for cell in told]
        text += f"- {said}" + "; ".join(part for part in parts if part) + "\n"
    rules = ", ".join(f"`{rule}`" for rule in list_rules_of(one.key))
    return f"{text}\nAddresses: {rules}\n"


def _tell(one: Class, case: Case, cell: Cell) -> str:
    keys = frozenset(viewer.key for viewer in VIEWERS if one.cell(case, viewer.key) is cell)
    return f"**{_SIGNS[cell]}** {_name(keys)}" if keys else ""


def _name(keys: Keys) -> str:
    everybody = frozenset(viewer.key for viewer in VIEWERS)
    for said, whole in (("everybody who is logged in", everybody - {"anonymous"}), ("everybody", everybody)):
        left = whole - keys
        if keys <= whole and len(left) <= len(whole) // 3:
            return said + (f" but {_join(left)}" if left else "")
    return _join(keys)


def _join(keys: Iterable[str]) -> str:
    return ", ".join(viewer.said for viewer in VIEWERS if viewer.key in keys)
