"""Knows a file again: the same bytes for the same document within a day are no second batch unless somebody says so.

Kept beside the answers to repeated requests, under the product's own account, since it does not matter who sends the
file the second time; like them it is forgotten after some days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.organisation import Person
from app.models.record import Idempotency
from app.services import idempotency

WITHIN = timedelta(days=1)
_CREATED = 201


@dataclass(frozen=True, slots=True)
class SameFile:
    """When the same file made tasks, and which (first and last id, how many)."""

    made_at: datetime
    first: int
    last: int
    count: int

    @property
    def sentence(self) -> Sentence:
        """What whoever sends the file again should know."""
        if self.count == 1:
            return Sentence(f"这个文件一天内已导入，生成了任务{self.first}。",
                            f"The same file came within a day and made task {self.first}.")  # fmt: skip
        return Sentence(
            f"这个文件一天内已导入，生成了任务{self.first}至{self.last}，共{self.count}项。",
            f"The same file came within a day and made {self.count} tasks, {self.first} to {self.last}.",
        )


def find_same_file(connection: Connection, now: datetime, sha256: str, document_id: int | None) -> SameFile | None:
    """Return what the file made of the document within the last day; None when it is new."""
    row = connection.execute(
        select(Idempotency.created_at, Idempotency.answer)
        .join(Person, Person.id == Idempotency.actor_id)
        .where(Person.login == "system", Idempotency.key == _key(sha256, document_id))
    ).first()
    if row is None or row.answer is None or now - row.created_at >= WITHIN:
        return None
    return SameFile(row.created_at, row.answer["first"], row.answer["last"], row.answer["count"])


def claim_file(connection: Connection, now: datetime, sha256: str, document_id: int | None, *, again: bool) -> None:
    """Take the file for this batch; ConflictError when it made tasks within a day and `again` is not said."""
    kept = idempotency.claim(connection, _owner(connection), _key(sha256, document_id), sha256, now)
    if kept is None:
        return
    same = find_same_file(connection, now, sha256, document_id)
    if same is None or again:
        return
    said = same.sentence
    raise ConflictError(
        "file_made_tasks",
        Sentence(f"{said.zh}确需再次交办，请选“再次交办”。", f"{said.en} To issue it again, say “again”."),
    )


def keep_file(connection: Connection, now: datetime, sha256: str, document_id: int | None, ids: Sequence[int]) -> None:
    """Write what the file made, and when."""
    answer = {"first": min(ids), "last": max(ids), "count": len(ids)}
    connection.execute(
        update(Idempotency)
        .where(Idempotency.actor_id == _owner(connection), Idempotency.key == _key(sha256, document_id))
        .values(status=_CREATED, answer=answer, created_at=now)
    )


def find_made(connection: Connection, actor_id: int, key: str) -> dict[str, Any]:
    """Return the answer of a batch that a person issued under `key` these days; NotFoundError when there is none."""
    answer = connection.execute(
        select(Idempotency.answer).where(Idempotency.actor_id == actor_id, Idempotency.key == key)
    ).scalar()
    if answer is None or not {"items", "warnings", "dry_run"} <= answer.keys():
        raise NotFoundError(
            "这批任务的结果已不再保留，请在任务列表中查看。", "This result is kept no longer; see the list of tasks."
        )
    return dict(answer)


def _owner(connection: Connection) -> int:
    return int(connection.execute(select(Person.id).where(Person.login == "system")).scalar_one())


def _key(sha256: str, document_id: int | None) -> str:
    return f"batch:{document_id or 0}:{sha256}"
