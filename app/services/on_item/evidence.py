"""Acceptance criteria answered one by one: each with a text and, as proof, files of the item.

An answer comes as a text, or as {text, files} with the ids of files; what a step keeps has the texts under `answers`
and the ids under `answer_files`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.models.attachment import Attachment
from app.models.item import Criterion
from app.models.remark import CriterionFile

FILES_MAX = 20
#: Where a step keeps which files prove which answer.
ANSWER_FILES = "answer_files"
_ID_DIGITS = 18


def read_text_of(answer: Any) -> str:  # noqa: ANN401  # outside input
    """Return the text of an answer as it came; "" for what is none."""
    text = answer.get("text", "") if isinstance(answer, Mapping) else answer
    return text if isinstance(text, str) else ""


def read_files_of(answer: Any) -> list[int] | None:  # noqa: ANN401  # outside input
    """Return the ids of the files that came with an answer, None where it names none; ValueError says what is wrong."""
    if not isinstance(answer, Mapping):
        return None
    unknown = set(answer) - {"text", "files"}
    if unknown:
        raise ValueError("答复含text和files两项。", "an answer has text and files.")
    if "files" not in answer:
        return None
    given = answer["files"]
    if not isinstance(given, list) or len(given) > FILES_MAX or not all(map(_is_id, given)):
        raise ValueError(
            f"佐证应为附件编号，每条最多{FILES_MAX}个。", f"files: expected ids of files, at most {FILES_MAX} each."
        )
    return list(dict.fromkeys(map(int, given)))


def _is_id(given: object) -> bool:
    text = str(given)
    return not isinstance(given, bool) and text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS


def write_files(connection: Connection, item_id: int, given: Mapping[str, list[int]]) -> None:
    """Write which of the item's files prove which answer, in place of what proved it before.

    `given` is {criterion's number: ids}. InvalidError for a file that is not there (any more) or hangs elsewhere.
    """
    if not given:
        return
    wanted = {file_id for ids in given.values() for file_id in ids}
    known = set(
        connection.execute(
            select(Attachment.id).where(
                Attachment.id.in_(wanted), Attachment.item_id == item_id, Attachment.removed_at.is_(None)
            )
        ).scalars()
    )
    if wanted - known:
        listed = "、".join(map(str, sorted(wanted - known)))
        said = Sentence(
            f"佐证须是本事项现有的附件，编号{listed}不是。",
            f"Evidence is a file of this item; {listed.replace('、', ', ')}: none of its own.",
        )
        raise InvalidError([Fault("answers", said)])
    rows = connection.execute(
        select(Criterion.id, Criterion.seq).where(
            Criterion.item_id == item_id, Criterion.seq.in_([int(seq) for seq in given])
        )
    ).all()
    connection.execute(delete(CriterionFile).where(CriterionFile.criterion_id.in_([row.id for row in rows])))
    new = [{"criterion_id": row.id, "attachment_id": one} for row in rows for one in given[str(row.seq)]]
    if new:
        connection.execute(insert(CriterionFile), new)


def say_unanswered(connection: Connection, item_id: int, missing: Collection[int]) -> Sentence:
    """Return which acceptance criteria wait for an answer, by number and text."""
    rows = connection.execute(
        select(Criterion.seq, Criterion.wanted)
        .where(Criterion.item_id == item_id, Criterion.seq.in_(tuple(missing)))
        .order_by(Criterion.seq)
    ).all()
    zh = "；".join(f"第{row.seq}条“{row.wanted}”" for row in rows)
    en = "; ".join(f"no. {row.seq} “{row.wanted}”" for row in rows)
    return Sentence(f"验收标准还没有逐条作答：{zh}。", f"Not every acceptance criterion is answered: {en}.")
