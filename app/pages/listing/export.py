"""Sends a list as a file; one that is too long is offered as long work."""

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user

from app.core.errors import ConflictError
from app.edge.attachment import name_download
from app.edge.context import current_context
from app.edge.listing.exporting import EXPORT_MAX, export_list
from app.edge.listing.understood import require_understood
from app.ledger.table_file import MEDIA_TYPES
from app.pages.words import current_lang
from app.schemas.listing import read_address

pages = Blueprint("list_export", __name__)


@pages.get("/items/export.<ending>")
def send(ending: str) -> Response | tuple[str, int]:
    """Send the list of the address as XLSX or CSV, in the visitor's language; refused for a filter without meaning."""
    if ending not in MEDIA_TYPES:
        abort(404)
    address, context = request.query_string.decode(errors="replace"), current_context()
    with context.database.reading() as unit:
        require_understood(unit, address)
    query = read_address(address)
    try:
        file = export_list(context, current_user.person_id, query, current_lang(), ending, source="page")
    except ConflictError:
        values = {"query": query.write(), "format": ending, "export_max": EXPORT_MAX}
        return render_template("list_export.html", here=None, **values), 409
    return Response(
        file.content, content_type=file.media_type, headers={"Content-Disposition": name_download(file.name)}
    )  # fmt: skip
