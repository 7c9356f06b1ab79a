"""Who sees issued papers, and their files: an item's by whoever reads it, the others by whoever sees the whole city."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.errors import ConflictError, NotFoundError, Sentence, UnavailableError
from app.core.sealed_store import BROKEN_FILE
from app.core.sealing import SealError
from app.edge.attachment import open_store
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.edge.paperwork.issuing import is_issuer
from app.edge.paperwork.kind import MEDIA_TYPES
from app.edge.reading import log_reading_of
from app.policy.access import list_readable
from app.policy.people import OFFICE_READER, OVERSIGHT_READER, Actor
from app.queries.paperwork.issued import (
    NO_PAPER,
    FileRow,
    PaperFilter,
    PaperPage,
    PaperRow,
    Sight,
    find_paper,
    list_files,
    list_papers,
    list_versions,
)

_GONE = Sentence(
    "文件内容暂时无法读取，请联系系统管理员。", "The file's bytes cannot be read; please tell the administrator."
)
_ALTERED = Sentence(
    "存档文件与签发时的校验值不符，已停止提供，请联系系统管理员。",
    "The file kept differs from what was issued and is not handed out; please tell the administrator.",
)
_PARTLY = Sentence(
    "这份文件含您无权查看的事项，请从该事项的页面打印摘录。",
    "The paper tells of items that are not for you to see: print an extract from the item's page.",
)


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper with its files and versions, for one reader; `may_correct`: by the office, on its last version.

    `reads_whole`: the reader may read all that stands in it, and so gets its files; `files` is empty for the others.
    """

    paper: PaperRow
    files: tuple[FileRow, ...]
    versions: tuple[PaperRow, ...]
    reads_whole: bool
    may_correct: bool


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file as it was issued."""

    content: bytes
    file_name: str
    media_type: str
    sha256: str
    is_confidential: bool


def make_sight(actor: Actor) -> Sight:
    """Return which papers somebody sees."""
    return Sight(actor.readers, bool({OFFICE_READER, OVERSIGHT_READER} & set(actor.readers)))


def reads_whole(unit: Unit, actor: Actor, tells_of: Iterable[int]) -> bool:
    """Whether somebody who sees a paper may read every item that stands in it."""
    told = set(tells_of)
    return not told or told <= list_readable(unit.connection(), told, actor.readers)


def may_issue(context: Context, person_id: int) -> bool:
    """Whether the caller issues and corrects papers."""
    with context.database.reading() as unit:
        return is_issuer(require_actor(unit, person_id))


def read_papers(
    context: Context, person_id: int, wanted: PaperFilter, *, limit: int = 50, cursor: str | None = None
) -> PaperPage:
    """Return one page of the papers that the caller sees, the last issued first."""
    with context.database.reading() as unit:
        sight = make_sight(require_actor(unit, person_id))
        return list_papers(unit.connection(), sight, wanted, limit=limit, cursor=cursor)


def read_paper(context: Context, person_id: int, paper_id: int, *, source: str) -> PaperView:
    """Return a paper; NotFoundError when the caller does not see it. An overseer's reading is on record."""
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, person_id)
        paper = find_paper(connection, make_sight(actor), paper_id)
        is_whole = reads_whole(unit, actor, paper.tells_of)
        view = PaperView(
            paper,
            list_files(connection, (paper_id,))[paper_id] if is_whole else (),
            list_versions(connection, paper.kind, paper.scope_id, paper.period),
            is_whole,
            may_correct=paper.item_id is None and paper.is_last and is_issuer(actor),
        )
    if paper.item_id is not None:
        log_reading_of(context, actor, paper.item_id, source=source)
    return view


def read_frozen(context: Context, person_id: int, paper_id: int, ending: str, lang: str, *, source: str) -> FrozenFile:
    """Return a file of a paper as it was issued.

    NotFoundError when the caller does not see it or it has none such; ConflictError (`extract_only`) when something
    in it is not theirs to read; UnavailableError (`file_altered`) when its bytes are not those that were issued.
    """
    view = read_paper(context, person_id, paper_id, source=source)
    if not view.reads_whole:
        raise ConflictError("extract_only", _PARTLY)
    found = next((one for one in view.files if (one.ending, one.lang) == (ending, lang)), None)
    if found is None:
        raise NotFoundError(*NO_PAPER)
    return FrozenFile(
        open_frozen(context, found), found.file_name, MEDIA_TYPES[ending], found.sha256, view.paper.is_confidential
    )


def open_frozen(context: Context, file: FileRow) -> bytes:
    """Return the bytes of a file, which are those that were issued or none: UnavailableError."""
    try:
        with open_store(context).open(file.sha256) as stream:
            content = stream.read()
    except FileNotFoundError:
        raise UnavailableError("file_missing", _GONE) from None
    except SealError as error:
        if error.code != BROKEN_FILE:  # its key is missing: the bytes may be as they were
            raise
        raise UnavailableError("file_altered", _ALTERED) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise UnavailableError("file_altered", _ALTERED)
    return content
