"""How far the log is sealed, in one sentence for the head of a page."""

from app.edge.context import Context
from app.pages.show import show_instant
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.oversight.seal import SealState, find_seal_state


def show_state(context: Context) -> str:
    """Return how far the log is sealed, as it is read now."""
    with context.database.reading() as unit:
        return tell_state(find_seal_state(unit.connection()))


def tell_state(state: SealState) -> str:
    """Return a state in words."""
    if state.head is None:
        return _("日志尚未封存")
    sealed = ngettext(
        "已封存%(num)s条，%(at)s签名", "已封存%(num)s条，%(at)s签名", state.head.tree_size,
        at=show_instant(state.head.signed_at),
    )  # fmt: skip
    if not state.pending:
        return sealed
    waiting = ngettext("其后%(num)s条待封存", "其后%(num)s条待封存", state.pending)
    return _("%(sealed)s；%(waiting)s", sealed=sealed, waiting=waiting)
