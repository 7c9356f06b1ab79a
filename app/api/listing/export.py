"""GET /items/export.xlsx and .csv: a list as a file, with the filters, order and columns that its query names."""

from flask import Blueprint, Response

from app.api.body import read_query
from app.core.errors import NotFoundError
from app.edge.attachment import name_download
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.listing.exporting import export_list
from app.edge.locale import pick_language
from app.ledger.table_file import MEDIA_TYPES
from app.schemas.item import ExportQuerySchema
from app.schemas.listing import make_query
from reports.wording import Lang

api = Blueprint("api_listing_export", __name__)


@api.get("/items/export.<ending>")
def send_file(ending: str) -> Response:
    """Send a list as a file; 409 beyond 5,000 rows (POST /work, kind `export`, takes more)."""
    if ending not in MEDIA_TYPES:
        raise NotFoundError
    given = read_query(ExportQuerySchema)
    lang: Lang = "en" if pick_language() == "en" else "zh"
    file = export_list(
        current_context(), caller_id(), make_query(given), lang, ending, source="api", is_strict=True
    )  # fmt: skip
    headers = {"Content-Disposition": name_download(file.name), "Cache-Control": "no-store"}
    return Response(file.content, content_type=file.media_type, headers=headers)
