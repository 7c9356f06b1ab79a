"""Two texts side by side: what one has that the other has not, by words in Latin script, by characters in Chinese."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKENS = re.compile(r"[0-9A-Za-z\u00c0-\u024f]+|\s+|.", re.DOTALL)
#: Beyond so many pairs a stretch is told as replaced: comparing it would take seconds.
_PAIRS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `kind`: same, ins (only in the new text), del (only in the old one)."""

    kind: str
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """Return the pieces that make both texts: without `ins` the old one, without `del` the new one."""
    pieces: list[Piece] = []
    for kind, before, after in _match(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if kind == "same":
            pieces.append(Piece("same", before))
        else:
            pieces += [
                piece
                for inner, one, other in _match(_TOKENS.findall(before), _TOKENS.findall(after))
                for piece in _tell(inner, one, other)
            ]
    return list(_join(pieces))


def _match(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield ("same" or "other", old text, new text) stretch by stretch."""
    if len(old) * len(new) > _PAIRS_MAX:
        yield ("same" if old == new else "other"), "".join(old), "".join(new)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield ("same" if tag == "equal" else "other"), "".join(old[i1:i2]), "".join(new[j1:j2])


def _tell(kind: str, before: str, after: str) -> Iterator[Piece]:
    if kind == "same":
        yield Piece("same", before)
        return
    if before:
        yield Piece("del", before)
    if after:
        yield Piece("ins", after)


def _join(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the pieces, neighbours of one kind as one."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
