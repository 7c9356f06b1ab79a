"""Remarks 留言 and internal notes 内部备注: written, corrected within minutes, withdrawn; never deleted.

A remark changes neither state nor version of its item. Its text stands nowhere else: messages and the log name the
remark, not what it says, so that what is withdrawn or internal is told by nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.core.text import clean
from app.models.remark import REMARK_MAX, Mention, Remark, RemarkText
from app.policy.note import counts_for_notes, is_note_readable, list_note_departments
from app.services import idempotency
from app.services.on_item.mentioning import Named, find_named
from app.services.on_item.standing import Standing, find_standing
from app.services.recording import Acting, owe, write_audit

#: So long after it was written its author may correct a remark.
CORRECT_WITHIN = timedelta(minutes=15)
_SAME_WITHIN = timedelta(minutes=1)
MENTIONED, MENTIONED_IN_NOTE = "remark.mention", "remark.note_mention"
NO_REMARK = ("没有这条留言，或您无权查看。", "No such remark, or not for you to see.")
_NOT_YOURS = Sentence("留言只能由本人更正或撤回。", "A remark is corrected and withdrawn by its author.")
_TOO_LATE = Sentence(
    f"留言发出{CORRECT_WITHIN.seconds // 60}分钟后不能更正，可以撤回后另写。",
    f"A remark is corrected within {CORRECT_WITHIN.seconds // 60} minutes; withdraw it and write another.",
)
_WITHDRAWN = Sentence("留言已撤回。", "The remark was withdrawn.")
_NO_DEPARTMENT = Sentence(
    "内部备注由部门岗位人员填写，您没有部门岗位。",
    "Internal notes are written by those who hold a post in a department.",
)
_FOREIGN = Sentence("只能写本部门的内部备注。", "Only notes of your own departments.")


@dataclass(frozen=True, slots=True)
class NewRemark:
    """What is to be written: a remark, or with `is_note` an internal note.

    `mentions` are people chosen by id, beside those whom the text names; `department_id` the department whose note it
    is, where the writer has posts in several.
    """

    text: str
    is_note: bool = False
    mentions: tuple[int, ...] = ()
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The remark's id, the names of those who are told; `is_replay` when the same was written before."""

    remark_id: int
    told: tuple[str, ...] = ()
    is_replay: bool = False


def write_remark(
    connection: Connection, actor_id: int, now: datetime, today: date, item_id: int, new: NewRemark, *,
    key: str | None, source: str,
) -> Written:  # fmt: skip
    """Write a remark on an item that the actor may read; who is named is told.

    Repeated under one key, or by the same person with the same text within a minute, it happens once.
    NotFoundError, ForbiddenError (auditors; a note without a department), ConflictError (archived), InvalidError.
    """
    if key is not None:
        content = {
            "remark": item_id, "text": new.text, "note": new.is_note, "mentions": list(new.mentions),
            "department": new.department_id,
        }  # fmt: skip
        kept = idempotency.claim(connection, actor_id, key, idempotency.hash_request(content), now)
        if kept is not None:
            return Written(int(kept.answer["remark_id"]), tuple(kept.answer["told"]), is_replay=True)
    standing = find_standing(connection, item_id, actor_id, now, today)
    acting, department_id = _choose_post(standing, new)
    text = read_text(new.text)
    same = _find_same(connection, item_id, actor_id, text, department_id, now)
    if same is not None:
        return _keep(connection, actor_id, key, Written(same, is_replay=True))
    named = find_named(
        connection, item_id, text, new.mentions, department_id=department_id, author_id=actor_id, now=now, today=today
    )
    remark_id = connection.execute(
        insert(Remark)
        .values(
            item_id=item_id, department_id=department_id, author_id=actor_id, on_behalf_of=acting.behalf,
            from_department_id=acting.capacity.department_id if acting.capacity else None, text=text, written_at=now,
        )
        .returning(Remark.id)
    ).scalar_one()  # fmt: skip
    _tell(connection, standing, now, remark_id, named, is_note=new.is_note)
    write_audit(
        connection, acting, now, action="write_note" if new.is_note else "write_remark", source=source,
        item_id=item_id, subject=f"remark:{remark_id}", after={"mentions": [one.name for one in named]},
    )  # fmt: skip
    return _keep(connection, actor_id, key, Written(remark_id, tuple(one.name for one in named)))


def correct_remark(
    connection: Connection, actor_id: int, now: datetime, today: date, remark_id: int, text: str,
    mentions: Sequence[int] = (), *, source: str,
) -> Written:  # fmt: skip
    """Correct one's own remark within CORRECT_WITHIN; what it read before is kept, who is named anew is told.

    The same text again changes nothing. NotFoundError, ForbiddenError, ConflictError (too late, withdrawn, archived),
    InvalidError.
    """
    row, standing = _load(connection, actor_id, now, today, remark_id)
    if row.withdrawn_at is not None:
        raise ConflictError("remark_withdrawn", _WITHDRAWN)
    given = read_text(text)
    if given == row.text and not mentions:
        return Written(remark_id, is_replay=True)
    if now - row.written_at > CORRECT_WITHIN:
        raise ConflictError("too_late", _TOO_LATE)
    named = find_named(
        connection, row.item_id, given, mentions, department_id=row.department_id, author_id=actor_id, now=now,
        today=today,
    )  # fmt: skip
    if given != row.text:
        next_seq = select(func.coalesce(func.max(RemarkText.seq), 0) + 1).where(RemarkText.remark_id == remark_id)
        connection.execute(
            insert(RemarkText).values(
                remark_id=remark_id, seq=next_seq.scalar_subquery(), text=row.text, replaced_at=now
            )
        )
        connection.execute(update(Remark).where(Remark.id == remark_id).values(text=given, corrected_at=now))
    known = set(connection.execute(select(Mention.person_id).where(Mention.remark_id == remark_id)).scalars())
    fresh = [one for one in named if one.person_id not in known]
    _tell(connection, standing, now, remark_id, fresh, is_note=row.department_id is not None)
    write_audit(
        connection, standing.acting(), now, action="correct_remark", source=source, item_id=row.item_id,
        subject=f"remark:{remark_id}", after={"mentions": [one.name for one in fresh]},
    )  # fmt: skip
    return Written(remark_id, tuple(one.name for one in fresh))


def withdraw_remark(
    connection: Connection, actor_id: int, now: datetime, today: date, remark_id: int, *, source: str
) -> int:
    """Withdraw one's own remark: from now on only auditors see what it said; returns its item's id. Idempotent.

    NotFoundError, ForbiddenError, ConflictError (archived).
    """
    row, standing = _load(connection, actor_id, now, today, remark_id)
    if row.withdrawn_at is None:
        connection.execute(update(Remark).where(Remark.id == remark_id).values(withdrawn_at=now))
        write_audit(
            connection, standing.acting(), now, action="withdraw_remark", source=source, item_id=row.item_id,
            subject=f"remark:{remark_id}",
        )  # fmt: skip
    return int(row.item_id)


def read_text(text: str) -> str:
    """Return the cleaned text of a remark; InvalidError when it is empty or too long."""
    given = clean(text, newlines=True)
    if not given:
        raise InvalidError([Fault("text", Sentence("请填写内容。", "Write something."))])
    if len(given) > REMARK_MAX:
        said = Sentence(
            f"最多{REMARK_MAX}字，现为{len(given)}字。", f"At most {REMARK_MAX} characters, got {len(given)}."
        )
        raise InvalidError([Fault("text", said)])
    return given


def _choose_post(standing: Standing, new: NewRemark) -> tuple[Acting, int | None]:
    """Return who writes, and whose internal note it is; None for a remark."""
    if not new.is_note:
        return standing.acting(), None
    known = list_note_departments(standing.actor)
    if not known:
        raise ForbiddenError("no_department", _NO_DEPARTMENT)
    if new.department_id is not None and new.department_id not in known:
        raise InvalidError([Fault("department", _FOREIGN)])
    acting = standing.acting(
        fits=lambda held: counts_for_notes(held) and new.department_id in (None, held.department_id)
    )
    if acting.capacity is None:
        raise ForbiddenError("no_department", _NO_DEPARTMENT)
    return acting, acting.capacity.department_id


def _load(
    connection: Connection, actor_id: int, now: datetime, today: date, remark_id: int
) -> tuple[Row[Any], Standing]:
    """Return a remark of the actor's own, locked; NotFoundError, ForbiddenError for somebody else's."""
    item_id = connection.execute(select(Remark.item_id).where(Remark.id == remark_id)).scalar_one_or_none()
    if item_id is None:
        raise NotFoundError(*NO_REMARK)
    try:
        standing = find_standing(connection, item_id, actor_id, now, today)
    except NotFoundError:
        raise NotFoundError(*NO_REMARK) from None
    row = connection.execute(
        select(*Remark.__table__.columns)
        .where(Remark.id == remark_id, is_note_readable(standing.actor))
        .with_for_update()
    ).first()
    if row is None:
        raise NotFoundError(*NO_REMARK)
    if row.author_id != actor_id:
        raise ForbiddenError("not_yours", _NOT_YOURS)
    return row, standing


def _find_same(
    connection: Connection, item_id: int, actor_id: int, text: str, department_id: int | None, now: datetime
) -> int | None:
    return connection.execute(
        select(Remark.id)
        .where(
            Remark.item_id == item_id,
            Remark.author_id == actor_id,
            Remark.text == text,
            Remark.department_id.is_(None) if department_id is None else Remark.department_id == department_id,
            Remark.written_at > now - _SAME_WITHIN,
            Remark.withdrawn_at.is_(None),
        )
        .order_by(Remark.id)
        .limit(1)
    ).scalar_one_or_none()


def _tell(
    connection: Connection, standing: Standing, now: datetime, remark_id: int, named: Sequence[Named], *, is_note: bool
) -> None:
    if not named:
        return
    connection.execute(insert(Mention), [{"remark_id": remark_id, "person_id": one.person_id} for one in named])
    payload: Mapping[str, Any] = {"remark": remark_id, "by": standing.actor.name}
    owe(
        connection, standing.item, [f"U:{one.person_id}" for one in named], now,
        topic=MENTIONED_IN_NOTE if is_note else MENTIONED, payload=payload,
    )  # fmt: skip


def _keep(connection: Connection, actor_id: int, key: str | None, written: Written) -> Written:
    if key is not None:
        answer = {"remark_id": written.remark_id, "told": list(written.told)}
        idempotency.keep(connection, actor_id, key, 201, answer)
    return written
