"""Asks for long work, takes it back, asks again for what failed: each by its own person only."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.long_work import LongWork
from app.services.act import Act
from app.services.long_work.kind import PLANNED

#: A person's works that wait or run at one time.
OPEN_MAX = 5
_OPEN = ("waiting", "running")
_SAME_WITHIN = timedelta(seconds=3)
NO_WORK = ("没有这项任务，或不是您发起的。", "There is no such work of yours.")


def ask(
    act: Act, kind: str, arguments: Mapping[str, Any], *, lang: str, input_sha256: str | None = None,
    note: str | None = None, repeats_id: int | None = None,
) -> int:  # fmt: skip
    """Put work into the queue; returns its id. The same asked twice within three seconds is one work (a double click).

    ConflictError when the person has OPEN_MAX works of their own asking that have not ended: what plans ask for in
    their name is not counted.
    """
    person_id, connection = act.acting.person_id, act.connection
    act.take_turn("long_work")
    mine = (
        select(LongWork.id, LongWork.kind, LongWork.arguments, LongWork.input_sha256, LongWork.asked_at)
        .where(LongWork.person_id == person_id, LongWork.status.in_(_OPEN))
        .order_by(LongWork.id.desc())
    )  # fmt: skip
    found = connection.execute(mine).all()
    for row in found:
        is_same = (row.kind, row.arguments, row.input_sha256) == (kind, dict(arguments), input_sha256)
        if is_same and act.now - row.asked_at < _SAME_WITHIN:
            return int(row.id)
    if sum(row.kind != PLANNED for row in found) >= OPEN_MAX:
        raise ConflictError(
            "too_many_works",
            Sentence(
                f"您已有{OPEN_MAX}项任务未完成，请等待完成或取消后再提交。",
                f"{OPEN_MAX} works of yours have not ended; wait for them or cancel one.",
            ),
        )
    return put_work(act, kind, arguments, lang=lang, input_sha256=input_sha256, note=note, repeats_id=repeats_id)


def put_work(
    act: Act, kind: str, arguments: Mapping[str, Any], *, lang: str, input_sha256: str | None = None,
    note: str | None = None, repeats_id: int | None = None,
) -> int:  # fmt: skip
    """Put work into the queue, however many its person has; returns its id."""
    work_id = act.connection.execute(
        insert(LongWork)
        .values(
            kind=kind, person_id=act.acting.person_id, lang=lang, arguments=dict(arguments), status="waiting",
            done_count=0, asked_at=act.now, tries=0, input_sha256=input_sha256, note=note, repeats_id=repeats_id,
        )
        .returning(LongWork.id)
    ).scalar_one()  # fmt: skip
    act.audit(f"work.{kind}"[:60], f"long_work:{work_id}", after=dict(arguments))
    return int(work_id)


def ask_again(act: Act, work_id: int) -> int:
    """Ask anew for work that failed or was cancelled, with its arguments and input; returns the new work's id.

    The new work remembers which one it repeats. NotFoundError for anybody else's; ConflictError for work that has not
    ended so, or whose input is gone.
    """
    row = _find(act, work_id)
    if row.status not in ("failed", "cancelled"):
        raise ConflictError(
            "not_to_repeat",
            Sentence("只有失败或已取消的任务可以再试。", "Only work that failed or was cancelled can be tried again."),
        )
    if row.arguments.get("has_input") and row.input_sha256 is None:
        raise ConflictError(
            "input_gone",
            Sentence("上传的文件已清除，请重新上传。", "The file has been removed meanwhile; send it again."),
        )
    return ask(
        act, row.kind, row.arguments, lang=row.lang, input_sha256=row.input_sha256, note=row.note, repeats_id=work_id
    )


def cancel(act: Act, work_id: int) -> str:
    """Take work back (idempotent); returns its state now: "cancelled", or "running" until it comes to a good place.

    What has ended stays as it is. NotFoundError for anybody else's.
    """
    row = _find(act, work_id)
    mine = (LongWork.id == work_id, LongWork.cancel_asked_at.is_(None))
    if row.status == "waiting":
        act.connection.execute(
            update(LongWork)
            .where(*mine, LongWork.status == "waiting")
            .values(status="cancelled", cancel_asked_at=act.now, finished_at=act.now)
        )
        act.audit("work.cancel", f"long_work:{work_id}")
        return "cancelled"
    if row.status == "running":
        act.connection.execute(
            update(LongWork).where(*mine, LongWork.status == "running").values(cancel_asked_at=act.now)
        )
        act.audit("work.cancel", f"long_work:{work_id}")
    return str(row.status)


def _find(act: Act, work_id: int) -> Any:  # noqa: ANN401  # a row
    row = act.connection.execute(
        select(LongWork.kind, LongWork.lang, LongWork.status, LongWork.arguments, LongWork.input_sha256, LongWork.note)
        .where(LongWork.id == work_id, LongWork.person_id == act.acting.person_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFoundError(*NO_WORK)
    return row
