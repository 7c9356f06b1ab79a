"""Gives who prints an issued paper the frozen bytes, and freezes what was not frozen yet.

Whoever may not read an item that stands in it gets an extract, drawn from what they may read, marked as one and without
proof. Where freezing fails, a working copy is better than none: the job tries again and says in the log what is wrong.
"""

import logging
from dataclasses import dataclass

from app.core.errors import DomainError
from app.edge.context import Context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.frozen.reading import open_frozen, reads_whole
from app.edge.paperwork.issuing import freeze_paper, make_whole_reader
from app.edge.paperwork.kind import Ask
from app.policy.people import Actor
from app.queries.paperwork.issued import find_by_id, find_edition, list_files
from reports.wording import Lang

log = logging.getLogger(__name__)

_EXTRACT = {"zh": "摘录", "en": "Extract"}


@dataclass(frozen=True, slots=True)
class Printed:
    """The frozen file; None: to be drawn for the reader, a working copy or an extract of what is issued."""

    content: bytes | None
    is_extract: bool = False

    def name_state(self, lang: Lang) -> str:
        """Return what stands in the head of every page of what is drawn."""
        return _EXTRACT[lang] if self.is_extract else ""


def print_frozen(context: Context, actor: Actor, name: str, ask: Ask, ending: str, lang: Lang) -> Printed:
    """Return an item's paper as it was issued, frozen now if need be, for somebody who was shown the item.

    What no step has issued yet, and what cannot be frozen now, is a working copy. UnavailableError when the bytes that
    were issued are gone or altered: nothing else stands in for them.
    """
    kind, item_id = PAPERS[name], ask.scope_id or 0
    told: tuple[int, ...] = ()
    try:
        with context.database.reading() as unit:
            filled = kind.fill(context, unit, make_whole_reader(context, unit), ask, lang)
            told = filled.tells_of
            found = find_edition(unit.connection(), name, item_id, "", filled.edition) if filled.edition else None
        if not filled.edition:
            return Printed(None)
        paper_id = freeze_paper(context, name, ask).paper_id if found is None else found.id
    except DomainError as error:
        log.warning("paper %s of item %s is printed without being frozen: %s", name, item_id, error)
        with context.database.reading() as unit:
            return Printed(None, is_extract=not reads_whole(unit, actor, told))
    with context.database.reading() as unit:
        connection = unit.connection()
        # By its id: should the item have moved on meanwhile, what was frozen is its newer state.
        if not reads_whole(unit, actor, find_by_id(connection, paper_id).tells_of):
            return Printed(None, is_extract=True)
        files = list_files(connection, (paper_id,))[paper_id]
    # A paper that was frozen before its kind gained an ending has no such file.
    file = next((one for one in files if (one.ending, one.lang) == (ending, lang)), None)
    return Printed(None if file is None else open_frozen(context, file))
