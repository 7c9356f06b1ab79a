"""Messages: what the visitor was told, how mail comes; and the administrator's log of what was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from app.core.errors import InvalidError, NotFoundError
from app.edge.administering import make_admin_act, require_admin
from app.edge.auth import make_act, require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.message import say_label, say_text
from app.pages.items.form import read_number
from app.pages.items.item_row import name_running
from app.pages.show import say, show_instant
from app.pages.show import say_label as show_label
from app.pages.words import gettext as _
from app.pages.words import ngettext
from app.queries.message import (
    COUNT_MAX,
    DeliveryKind,
    DeliveryRow,
    MessageRow,
    count_held,
    count_unread,
    find_meeting_of,
    find_report_of,
    find_work_of,
    list_deliveries,
    list_messages,
    list_webhooks,
    read_mail_choice,
    tells_of_delegation,
)
from app.services.act import Act
from app.services.message.choosing import KINDS, OPEN_KINDS
from app.services.message.inbox import mark_all_read, mark_read, set_mail_choice
from app.services.message.resending import mute_held, release_held, resend

pages = Blueprint("message", __name__)
ROWS = 50
#: What of a message's payload leads on without an item.
_LEADING = frozenset({"work_id", "delegation", "run_id"})
_KINDS: dict[str, DeliveryKind] = {"mail": "mail", "webhook": "webhook"}


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as the page shows it; `address` leads through its being marked as read."""

    id: int
    label: str
    text: str
    title: str
    number: str
    level: int
    at: datetime
    is_read: bool
    leads_on: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A mail or a webhook delivery as the log shows it."""

    id: int
    status: str
    tone: str
    to: str
    address: str
    what: str
    at: datetime
    tried: str
    error: str
    next: Markup
    note: str
    can_resend: bool


@pages.get("/messages")
def show_messages() -> str:
    """Show the visitor's messages: what is unread first; `after` continues what was read."""
    context = current_context()
    cursor = request.args.get("after")
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, current_user.person_id)
        unread = list_messages(connection, actor.person_id, actor.readers, is_unread=True, limit=ROWS)
        old = list_messages(connection, actor.person_id, actor.readers, is_unread=False, limit=ROWS, cursor=cursor)
    return render_template(
        "messages.html",
        here="messages",
        unread=[] if cursor else [_view(row) for row in unread.items],
        has_more_unread=unread.next_cursor is not None,
        up_to=unread.items[0].id if unread.items else 0,
        old=[_view(row) for row in old.items],
        next_page=url_for("message.show_messages", after=old.next_cursor) if old.next_cursor else "",
        is_later=bool(cursor),
    )


def _view(row: MessageRow) -> MessageView:
    label = say_label(row)
    number = (row.number or name_running(row.kind, row.item_id)) if row.kind and row.item_id else ""
    return MessageView(
        id=row.id,
        label=show_label(label),
        text=say(say_text(row, current_context().settings.timezone)),
        title=row.title or show_label(label),
        number=number,
        level=row.level or 0,
        at=row.told_at,
        is_read=row.read_at is not None,
        leads_on=row.item_id is not None or bool(row.payload.keys() & _LEADING),
    )


@pages.post("/messages/<int(max=9223372036854775807):message_id>/open")
def open_message(message_id: int) -> Response:
    """Mark a message as read and go to its item, to one's reply to a meeting, or to the long work of which it tells."""
    item_id = _write(lambda act: mark_read(act, message_id))
    with current_context().database.reading() as unit:
        meeting_id = find_meeting_of(unit.connection(), current_user.person_id, message_id)
        if meeting_id is not None:
            return redirect(url_for("meeting_notice.show_own", meeting_id=meeting_id), 303)
        if item_id is not None:
            return redirect(url_for("item.show_item", item_id=item_id), 303)
        run_id = find_report_of(unit.connection(), current_user.person_id, message_id)
        if run_id is not None:
            return redirect(url_for("report_plan.show_delivery", run_id=run_id), 303)
        work_id = find_work_of(unit.connection(), current_user.person_id, message_id)
        if work_id is None and tells_of_delegation(unit.connection(), current_user.person_id, message_id):
            return redirect(url_for("delegation.show_own"), 303)
    target = url_for("message.show_messages") if work_id is None else url_for("work.show_one", work_id=work_id)
    return redirect(target, 303)


@pages.post("/messages/<int(max=9223372036854775807):message_id>/read")
def read_message(message_id: int) -> Response:
    """Mark a message as read and stay."""
    _write(lambda act: mark_read(act, message_id))
    return redirect(url_for("message.show_messages"), 303)


@pages.post("/messages/read-all")
def read_all() -> Response:
    """Mark everything up to the newest message that was shown as read."""
    up_to = read_number(request.form.get("up_to"))
    count = _write(lambda act: mark_all_read(act, up_to))
    flash(ngettext("已将%(num)s条消息标为已读。", "已将%(num)s条消息标为已读。", count), "done")
    return redirect(url_for("message.show_messages"), 303)


@pages.get("/me/messages")
def show_choice() -> str:
    """Show how mail comes."""
    return _render_choice("")


def _render_choice(fault: str) -> str:
    with current_context().database.reading() as unit:
        choice = read_mail_choice(unit.connection(), current_user.person_id)
    choices = (
        ("digest", _("每日汇总"), _("每个工作日上班时一封")),
        ("once", _("即时"), _("每有消息即发，限工作时间")),
        ("none", _("不发"), _("只发紧急的")),
    )
    return render_template(
        "message_choice.html", here="me", choice=choice.mail, choices=choices, has_address=choice.has_address,
        fault=fault, kinds=KINDS, chosen=choice.kinds,
    )  # fmt: skip


@pages.post("/me/messages")
def choose() -> Response | tuple[str, int]:
    """Keep how mail comes; refused, the form says what is wrong."""
    choice = request.form.get("mail", "")
    kinds = {kind: mail for kind in OPEN_KINDS if (mail := request.form.get(f"kind.{kind}"))}
    try:
        _write(lambda act: set_mail_choice(act, choice, kinds))
    except InvalidError as error:
        return _render_choice(" ".join(say(fault.sentence) for fault in error.faults)), answer_for(error).status
    flash(_("已保存。"), "done")
    return redirect(url_for("message.show_choice"), 303)


def _write(work: Callable[[Act], Any]) -> Any:  # noqa: ANN401  # what the service returns
    context, person_id = current_context(), current_user.person_id
    return context.database.write(lambda unit: work(make_act(context, unit, person_id, role="self", source="page")))


def tell_unread() -> str:
    """Return how many messages the visitor has not read, for the bar: "" for none, 99+ for many."""
    if not current_user.is_authenticated:
        return ""
    with current_context().database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        count = count_unread(unit.connection(), actor.person_id, actor.readers)
    return "" if not count else f"{COUNT_MAX - 1}+" if count >= COUNT_MAX else str(count)


@pages.get("/deliveries")
def show_deliveries() -> str:
    """Show mails or webhook deliveries: what was not sent, or everything."""
    kind = _KINDS.get(request.args.get("kind", "mail"), "mail")
    is_unsent = request.args.get("all") != "1"
    context = current_context()
    with context.database.reading() as unit:
        require_admin(unit, current_user.person_id)
        connection = unit.connection()
        page = list_deliveries(connection, kind, is_unsent=is_unsent, limit=ROWS, cursor=request.args.get("after"))
        held = count_held(connection)
        hooks = list_webhooks(connection)
    scope = None if is_unsent else "1"
    return render_template(
        "deliveries.html",
        here="deliveries",
        kind=kind,
        is_unsent=is_unsent,
        rows=[view_delivery(row) for row in page.items],
        held=held,
        hooks=hooks,
        is_mail_off=context.settings.mail_server is None,
        next_page=url_for("message.show_deliveries", kind=kind, all=scope, after=page.next_cursor)
        if page.next_cursor
        else "",
    )


def view_delivery(row: DeliveryRow) -> DeliveryView:
    """Return a mail or a webhook delivery in words."""
    labels = {
        "queued": (_("待发送"), ""), "sending": (_("正在发送"), ""), "sent": (_("已发送"), ""),
        "failed": (_("发送失败"), "red"), "muted": (_("不再发送"), ""), "held": (_("已扣留"), "yellow"),
        "off": (_("未设邮件服务器"), "yellow"), "replaced": (_("已另行重发"), ""),
    }  # fmt: skip
    status, tone = labels[row.status]
    if row.status == "queued" and row.attempts_count:
        status, tone = _("待重试"), "yellow"
    note = ""
    if row.resend_of is not None:
        note = _("人工重发，原记录%(id)s，%(name)s", id=row.resend_of, name=row.asked_by_name or "—")
    following = escape(_("%(at)s再发")) % {"at": show_instant(row.next_at)} if row.next_at else Markup()
    return DeliveryView(
        id=row.id,
        status=status,
        tone=tone,
        to=row.to,
        address=row.address or "—" if row.kind == "mail" else "",
        what=ngettext("%(num)s条消息", "%(num)s条消息", row.lines) if row.kind == "mail" else row.topic or "",
        at=row.created_at,
        tried=ngettext("已试%(num)s次", "已试%(num)s次", row.attempts_count) if row.attempts_count else "",
        error=row.last_error or "",
        next=following,
        note=note,
        can_resend=row.status != "sending",
    )


@pages.post("/deliveries/<kind>/<int(max=9223372036854775807):delivery_id>/resend")
def send_again(kind: str, delivery_id: int) -> Response:
    """Send a mail or a webhook delivery again."""
    found = _KINDS.get(kind)
    if found is None:
        raise NotFoundError
    _administer(lambda act: resend(act, found, delivery_id))
    flash(_("已列入发送，一分钟内发出。"), "done")
    scope = "1" if request.form.get("all") == "1" else None
    return redirect(url_for("message.show_deliveries", kind=kind, all=scope), 303)


@pages.post("/deliveries/held")
def settle_held() -> Response:
    """Release or mute what a long stop holds."""
    _administer(release_held if request.form.get("decision") == "release" else mute_held)
    flash(_("已处理扣留的消息。"), "done")
    return redirect(url_for("message.show_deliveries"), 303)


def _administer(work: Callable[[Act], Any]) -> None:
    context, person_id = current_context(), current_user.person_id
    context.database.write(lambda unit: work(make_admin_act(context, unit, person_id, source="page")))
