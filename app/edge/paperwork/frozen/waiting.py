"""Freezes what steps of workflows have issued and what is not frozen yet: the job's work.

One paper that cannot be made keeps no other from being made: it is told in the log and tried again. A run has a time
budget, so that papers do not keep the other jobs waiting; the next run of the process goes on where it ended.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.core.errors import DomainError
from app.edge.context import Context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.issuing import freeze_paper
from app.edge.paperwork.kind import Ask, PaperKind

log = logging.getLogger(__name__)

BUDGET_S = 300.0
#: Without the means to make PDFs at all nothing can be frozen here.
_NO_MEANS = "pdf_unavailable"


@dataclass
class Freezer:
    """Freezes what waits, a run a call; remembers where a run ended whose `budget_s` (seconds) was over."""

    context: Context
    budget_s: float = BUDGET_S
    _place: tuple[str, int] | None = field(default=None, init=False)

    def __call__(self, stopped: Callable[[], bool]) -> str:
        """Freeze until all is done, `stopped` says so or the budget is over; returns what was done (idempotent)."""
        ends_at = time.monotonic() + self.budget_s
        frozen = failed = 0
        end = ""
        for kind, place, ask in self._list_waiting():
            if stopped():
                break
            code, is_new = self._freeze(kind, ask)
            frozen += is_new
            failed += bool(code)
            if code == _NO_MEANS:
                end = f", {code}"
                break
            if time.monotonic() >= ends_at:
                self._place = (kind.name, place)
                end = ", to be continued"
                break
        else:
            self._place = None
        return f"frozen {frozen}, failed {failed}{end}"

    def _list_waiting(self) -> Iterator[tuple[PaperKind, int, Ask]]:
        """Yield what waits behind the place where the last run ended, page by page, kind by kind."""
        start, after = self._place or ("", 0)
        kinds = list(PAPERS.values())
        first = next((at for at, kind in enumerate(kinds) if kind.name == start), 0)
        for kind in kinds[first:]:
            if kind.find_waiting is None:
                continue
            place = after if kind.name == start else 0
            while True:
                with self.context.database.reading() as unit:
                    waiting = list(kind.find_waiting(self.context, unit, place))
                if not waiting:
                    break
                for place, ask in waiting:  # the page after this one begins behind its last
                    yield kind, place, ask

    def _freeze(self, kind: PaperKind, ask: Ask) -> tuple[str, bool]:
        """Freeze one; returns what went wrong ("" : nothing) and whether it is new."""
        try:
            return "", freeze_paper(self.context, kind.name, ask).is_new
        except DomainError as error:
            log.warning("paper %s of item %s was not frozen: %s", kind.name, ask.scope_id, error)
            return error.code, False
        except Exception:
            log.exception("paper %s of item %s was not frozen", kind.name, ask.scope_id)
            return "failed", False


def freeze_waiting(context: Context, stopped: Callable[[], bool]) -> str:
    """Freeze every paper that a step has issued and that is not frozen yet; returns what it did (idempotent)."""
    return Freezer(context)(stopped)
