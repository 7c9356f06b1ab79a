"""Freezes what steps of workflows issued: what waits, by the job; one paper, when it is printed first.

Whoever prints an issued paper gets the frozen bytes. Whoever may not read an item that stands in it gets an extract,
drawn from what they may read, marked as one and without proof.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import DomainError, UnavailableError
from app.edge.context import Context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.frozen.reading import open_frozen, reads_whole
from app.edge.paperwork.issuing import freeze_paper, make_whole_reader
from app.edge.paperwork.kind import Ask
from app.policy.people import Actor
from app.queries.paperwork.issued import find_edition, list_files
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

    What no step has issued yet is a working copy. Errors as `freeze_paper`.
    """
    kind, item_id = PAPERS[name], ask.scope_id or 0
    with context.database.reading() as unit:
        edition = kind.fill(context, unit, make_whole_reader(context, unit), ask, lang).edition
        found = find_edition(unit.connection(), kind.name, item_id, "", edition) if edition else None
    if not edition:
        return Printed(None)
    if found is None:
        freeze_paper(context, name, ask)
    with context.database.reading() as unit:
        connection = unit.connection()
        found = found or find_edition(connection, kind.name, item_id, "", edition)
        if found is None or not reads_whole(unit, actor, found):
            return Printed(None, is_extract=True)
        files = list_files(connection, (found.id,))[found.id]
    return Printed(open_frozen(context, next(one for one in files if (one.ending, one.lang) == (ending, lang))))


def freeze_waiting(context: Context, stopped: Callable[[], bool]) -> str:
    """Freeze every paper that a step has issued and that is not frozen yet; returns what it did (idempotent).

    One that cannot be made is told in the log and tried again by the next run; without the means to make PDFs at all
    it ends at once.
    """
    frozen = failed = 0
    for kind in PAPERS.values():
        if kind.find_waiting is None:
            continue
        with context.database.reading() as unit:
            waiting = kind.find_waiting(unit)
        for ask in waiting:
            if stopped():
                return _tell(frozen, failed)
            try:
                frozen += freeze_paper(context, kind.name, ask).is_new
            except UnavailableError as error:
                return f"{_tell(frozen, failed)}, {error.code}"
            except DomainError as error:
                log.warning("paper %s of item %s was not frozen: %s", kind.name, ask.scope_id, error)
                failed += 1
    return _tell(frozen, failed)


def _tell(frozen: int, failed: int) -> str:
    return f"frozen {frozen}, failed {failed}"
