"""The mails to the visitor: what was sent, what waits until when, what failed and why."""

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from app.edge.context import current_context
from app.pages.message import view_delivery
from app.queries.message import list_deliveries

pages = Blueprint("sent", __name__)
ROWS = 50


@pages.get("/messages/sent")
def show() -> str:
    """Show the mails to the visitor, the newest first; `unsent=1`: only what waits or failed."""
    context, is_unsent = current_context(), request.args.get("unsent") == "1"
    with context.database.reading() as unit:
        page = list_deliveries(
            unit.connection(), "mail", is_unsent=is_unsent, person_id=current_user.person_id, limit=ROWS,
            cursor=request.args.get("after"),
        )  # fmt: skip
    return render_template(
        "sent.html",
        here="messages",
        rows=[view_delivery(row) for row in page.items],
        is_unsent=is_unsent,
        is_mail_off=context.settings.mail_server is None,
        next_page=url_for("sent.show", unsent="1" if is_unsent else None, after=page.next_cursor)
        if page.next_cursor
        else "",
    )
