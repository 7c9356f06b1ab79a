"""The seal of the log: its signed heads page by page, their export, the proof of an entry as a file."""

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user

from app.core.merkle.proof import write_proof
from app.edge.context import current_context
from app.edge.seal.heads import export_heads, read_heads
from app.edge.seal.proving import prove_for_person
from app.pages.oversight.seal_state import tell_state

pages = Blueprint("seal", __name__)
ROWS = 50


@pages.get("/log/heads")
def show() -> str:
    """Show a page of heads."""
    cursor = request.args.get("cursor") or None
    reading = read_heads(current_context(), current_user.person_id, limit=ROWS, cursor=cursor, source="page")
    page = reading.page
    return render_template(
        "log_heads.html", here="log", heads=page.rows, state=tell_state(reading.state),
        next_page=url_for("seal.show", cursor=page.next_cursor) if page.next_cursor else "",
        first_page=url_for("seal.show") if cursor else "",
    )  # fmt: skip


@pages.get("/log/heads.jsonl")
def export() -> Response:
    """Send all keys and heads as `flask audit verify --head` takes them."""
    context = current_context()
    content = export_heads(context, current_user.person_id, "page")
    return _send(content, "application/jsonl", f"log-heads-{context.today().isoformat()}.jsonl")


@pages.get("/log/<int:audit_id>/proof")
def send_proof(audit_id: int) -> Response:
    """Send the proof of an entry as `flask audit verify --proof` takes it."""
    proof = prove_for_person(current_context(), current_user.person_id, audit_id, "page")
    return _send(write_proof(proof), "application/json", f"log-{audit_id}-proof.json")


def _send(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
