"""Every kind of paper, by name."""

from app.edge.paperwork.kind import PaperKind

_KINDS: tuple[PaperKind, ...] = ()
PAPERS = {kind.name: kind for kind in _KINDS}
