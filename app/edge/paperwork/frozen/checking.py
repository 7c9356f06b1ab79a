"""Tells anybody whether a paper is genuine: by the code on it, or by a file's hash. Nothing that is sent is kept.

Whoever has the paper has its code, which nobody finds by trying. Of a restricted paper only kind, number and dates
are told, since a code may be read over somebody's shoulder.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

from app.core.store import hash_stream
from app.edge.context import Context
from app.queries.paperwork.issued import FileRow, PaperRow, find_by_code, find_by_hash, list_files, list_versions
from app.queries.paperwork.state import is_void
from app.services.paperwork.issuing import ALPHABET

#: Void: issued here, but the step that issued it was undone since, whatever its version.
Verdict = Literal["genuine", "superseded", "void", "unknown"]
#: Whether the bytes that were shown are those of the paper: of this one, of another, of none; None: none were shown.
Match = Literal["same", "other", "none"]
_CODE = re.compile(f"[{ALPHABET}]{{20}}")
_DROPPED = re.compile(r"[\s\-–—·]+")
_ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0"})
_TYPED_MAX = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """What is told of a paper: nothing of one that is not known.

    `later` is the version that holds now, of a superseded one; `files` and titles are empty for restricted papers.
    """

    verdict: Verdict
    paper: PaperRow | None = None
    later: PaperRow | None = None
    files: Sequence[FileRow] = ()
    match: Match | None = None
    matched: FileRow | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether title and files are kept back."""
        return self.paper is not None and self.paper.is_confidential


def read_code(typed: str) -> str | None:
    """Return a code as it is kept, from how it was typed or scanned (with the page's address); None: it is none."""
    last = typed[:_TYPED_MAX].rstrip("/ \t\r\n").rpartition("/")[2]
    code = _DROPPED.sub("", last).upper().translate(_ALIKE)
    return code if _CODE.fullmatch(code) else None


def check_paper(context: Context, typed: str, stream: BinaryIO | None = None) -> Checked:
    """Tell what a code, a file, or both are of; a file without a code is looked for among all that were issued."""
    sha256 = None if stream is None else hash_stream(stream).sha256
    code = read_code(typed) if typed.strip() else None
    with context.database.reading() as unit:
        connection = unit.connection()
        paper = None if code is None else find_by_code(connection, code)
        if paper is None and not typed.strip() and sha256 is not None:
            paper = find_by_hash(connection, sha256)
        if paper is None:
            return Checked("unknown", match=None if sha256 is None else "none")
        files = list_files(connection, (paper.id,))[paper.id]
        matched = next((one for one in files if one.sha256 == sha256), None)
        match: Match | None = None
        if sha256 is not None:
            match = "same" if matched else "other" if find_by_hash(connection, sha256) else "none"
        last = paper
        if not paper.is_last:
            last = list_versions(connection, paper.kind, paper.scope_id, paper.period)[0]
        is_withdrawn = paper.item_id is not None and is_void(connection, paper.kind, paper.item_id, last.edition)
    verdict: Verdict = "void" if is_withdrawn else "genuine" if paper.is_last else "superseded"
    shown = () if paper.is_confidential else files
    return Checked(verdict, paper, None if paper.is_last else last, shown, match, matched)
