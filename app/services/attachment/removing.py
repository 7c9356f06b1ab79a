"""Takes a file away: it is hidden, its record stays with who, when and why; upkeep drops bytes that nothing needs."""

from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import clean
from app.models.attachment import REASON_MAX, Attachment
from app.models.record import PaperSignature
from app.services.attachment.permission import Parent, Standing, find_standing
from app.services.recording import write_audit

NO_ATTACHMENT = ("没有这个附件，或您无权查看。", "No such file, or not for you to see.")
_NOT_YOURS = Sentence(
    "附件只能由上传人在事项办理期间移除，或由协调办移除。",
    "A file is taken away by who added it while the item is open, or by the coordination office.",
)
_PROOF = Sentence(
    "该附件是纸质签批的扫描件，不能移除。", "This file is the scan of a signature on paper; it is not taken away."
)
_CLOSED = Sentence("事项已了结，附件只能由协调办移除。", "It is closed; only the coordination office takes files away.")


def remove_attachment(
    connection: Connection, actor_id: int, now: datetime, today: date, attachment_id: int, reason: str, *, source: str
) -> None:
    """Remove a file with a reason; removed again by the same person with the same reason it stays as it is.

    NotFoundError, ForbiddenError, ConflictError (closed), InvalidError (reason).
    """
    row = connection.execute(
        select(
            Attachment.item_id, Attachment.document_id, Attachment.name, Attachment.sha256, Attachment.uploaded_by,
            Attachment.removed_by, Attachment.removed_reason,
        ).where(Attachment.id == attachment_id)
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError(*NO_ATTACHMENT)
    parent = Parent(row.item_id, row.document_id)
    try:
        standing = find_standing(connection, parent, actor_id, now, today, lock=True)
    except NotFoundError:
        # Said as of a file that is not there: nobody learns what a number they may not read hangs on.
        raise NotFoundError(*NO_ATTACHMENT) from None
    given = _read_reason(reason)
    if row.removed_by is not None:
        if (row.removed_by, row.removed_reason) == (actor_id, given):
            return
        raise NotFoundError(*NO_ATTACHMENT)
    _check(standing, row.uploaded_by)
    _refuse_proof(connection, attachment_id)
    done = connection.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.removed_at.is_(None))
        .values(removed_at=now, removed_by=actor_id, removed_reason=given)
    )
    if not done.rowcount:
        raise NotFoundError(*NO_ATTACHMENT)
    write_audit(
        connection, standing.acting(), now, action="remove_attachment", source=source, item_id=parent.item_id,
        subject=f"attachment:{attachment_id}", before={"name": row.name, "sha256": row.sha256},
        after={"on": parent.subject, "reason": given},
    )  # fmt: skip


def _check(standing: Standing, uploaded_by: int) -> None:
    if standing.is_office:
        return
    if uploaded_by != standing.actor.person_id:
        raise ForbiddenError("not_yours", _NOT_YOURS)
    if not standing.is_open:
        raise ConflictError("item_closed", _CLOSED)


def _refuse_proof(connection: Connection, attachment_id: int) -> None:
    """Raise ConflictError for the scan of a signature on paper: it proves the signature."""
    proves = or_(PaperSignature.outcome.is_(None), PaperSignature.outcome == "confirmed")
    shown = select(PaperSignature.id).where(PaperSignature.attachment_id == attachment_id, proves).limit(1)
    if connection.execute(shown).first() is not None:
        raise ConflictError("proves_signature", _PROOF)


def _read_reason(reason: str) -> str:
    given = clean(reason)
    if not given:
        raise InvalidError([Fault("reason", Sentence("请填写移除的原因。", "Say why it is taken away."))])
    if len(given) > REASON_MAX:
        said = Sentence(
            f"最多{REASON_MAX}字，现为{len(given)}字。", f"At most {REASON_MAX} characters, got {len(given)}."
        )
        raise InvalidError([Fault("reason", said)])
    return given
