"""A signature binds what the signer saw: content that changed is not signed unseen, and voids what was signed (P06)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Sentence, StaleError
from app.models.item import Item
from app.models.record import History, SignOff
from app.services.loading import Loaded
from app.services.recording import Acting, owe, write_audit, write_history
from app.services.rulebook import Rulebook
from app.services.signing.content import Changes, compare, read_content, tell_changes
from app.services.signing.rounds import OpenRound, close_round, open_round, read_round
from app.services.working import Work
from workflows.signing.round import SIGNING_ROLES

RENEWED = "renew_signing"


def refuse_changed(connection: Connection, open_: OpenRound, item_id: int, seen: int | None) -> None:
    """Raise ConflictError when what is signed has changed since version `seen`; None: the signer names no version.

    StaleError for a version that there has never been.
    """
    if seen is None:
        return
    current = connection.execute(select(Item.version).where(Item.id == item_id)).scalar_one()
    if seen > current:
        raise StaleError(current, seen)
    if seen >= open_.content_version:
        return
    changes = connection.execute(
        select(History.data)
        .where(History.item_id == item_id, History.action == RENEWED)
        .order_by(History.seq.desc())
        .limit(1)
    ).scalar()
    known: Any = (changes or {}).get("changes") or {}
    said = tell_changes(known)
    zh = f"您看到的是第{seen}版，此后内容已变更，请看过现在的内容再签。"
    en = f"You saw version {seen}; the content has changed since. Look at it before you sign."
    if known:
        zh, en = f"{zh}{said.zh}。", f"{en} {said.en}."
    raise ConflictError("content_changed", Sentence(zh, en))


def renew(work: Work) -> None:
    """Void the open round and open it anew when the step changed what is being signed; the difference is told.

    Before anybody has signed the round only takes over the new content. Signers are found anew by the rule; whoever
    was added besides is not.
    """
    item, connection = work.item, work.connection
    if item.sign_off_id is None:
        return
    open_ = read_round(connection, work.machine, item)
    if open_ is None or open_.content is None or open_.id != item.sign_off_id:
        return
    content = read_content(connection, item.id)
    changes = compare(open_.content, content)
    if not changes:
        return
    is_void = open_.slots.has_acted
    if is_void:
        close_round(connection, open_.id, "void", work.now)
        item.sign_off_id = None
        open_round(work, open_.rule)
    else:
        bound = update(SignOff).where(SignOff.id == open_.id).values(content=content, content_version=item.version)
        connection.execute(bound)
    data = {"sign_off": open_.name, "changes": changes, "is_void": is_void}
    here = item.state
    write_history(connection, item, work.acting, work.now, action=RENEWED, from_state=here, to_state=here, data=data)
    write_audit(connection, work.acting, work.now, action=RENEWED, source=work.source, item_id=item.id, after=data)
    if is_void:
        _tell(work, open_, changes)


def renew_imported(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, items: Iterable[Loaded], source: str
) -> None:
    """Do the same for items that a ledger wrote anew."""
    today = now.astimezone(book.zone).date()
    for item in items:
        if item.sign_off_id is None:
            continue
        machine = book.machine(connection, item.kind, item.workflow_version)
        open_ = read_round(connection, machine, item)
        if open_ is not None:
            opener = next(step for step in machine.steps.values() if step.opens and step.opens.name == open_.name)
            renew(Work(connection, book, machine, item, opener, acting, now, today, source))


def _tell(work: Work, open_: OpenRound, changes: Changes) -> None:
    """Owe the difference to everybody who signed or was to sign."""
    connection, item = work.connection, work.item
    told = tell_changes(changes)
    asked = {slot.signer_id for slot in open_.slots.slots if slot.is_live and slot.signer_id is not None}
    keys = [f"U:{person_id}" for person_id in sorted(asked)]
    for slot in open_.slots.slots:
        role = SIGNING_ROLES[slot.role]
        if role.relation != "city" and slot.department_id is not None and slot.person_id is None:
            keys.append(f"H:{slot.department_id}")
    payload = {"title": item.title, "reason": f"{told.zh} / {told.en}"}
    owe(connection, item, keys, work.now, topic=f"{item.kind}.{RENEWED}", payload=payload)
