"""Every kind of paper, by name."""

from app.edge.paperwork.acceptance import ACCEPTANCE
from app.edge.paperwork.bulletin import BULLETIN
from app.edge.paperwork.fund import ALLOCATION, EXECUTION, ORDER
from app.edge.paperwork.kind import PaperKind
from app.edge.paperwork.meeting import MINUTES, NOTICE
from app.edge.paperwork.progress import PROGRESS
from app.edge.paperwork.project_report import PROJECT_REPORT
from app.edge.paperwork.review import REVIEW
from app.edge.paperwork.ruling import RULING
from app.edge.paperwork.slip import SLIP

_KINDS: tuple[PaperKind, ...] = (
    PROGRESS, BULLETIN, REVIEW, PROJECT_REPORT, SLIP, RULING, ACCEPTANCE, MINUTES, NOTICE, ALLOCATION, ORDER, EXECUTION,
)  # fmt: skip
PAPERS = {kind.name: kind for kind in _KINDS}
