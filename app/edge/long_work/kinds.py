"""The kinds of long work, by name: the one registry that asking and running look into."""

from app.edge.context import Context
from app.edge.long_work.bundle import make_bundle_kind
from app.edge.long_work.exporting import make_export_kind
from app.edge.long_work.importing import make_import_kind
from app.edge.long_work.issuing import make_issue_kind
from app.edge.long_work.paper import make_old_report_kind, make_paper_kind
from app.edge.long_work.planned import make_planned_kind
from app.services.long_work.kind import Kind


def make_kinds(context: Context) -> dict[str, Kind]:
    """Return every kind that this installation does."""
    kinds = (
        make_paper_kind(context), make_planned_kind(context), make_old_report_kind(context), make_import_kind(context),
        make_export_kind(context), make_bundle_kind(context), make_issue_kind(context),
    )  # fmt: skip
    return {kind.name: kind for kind in kinds}
