"""The filters of the inbox: read from the address, written into the addresses of its links."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.core.text import clean
from app.pages.dropped import note_dropped
from app.pages.items.form import read_number
from app.queries.inbox import InboxFilter
from app.schemas.item import KINDS

_WORDS_MAX = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What the inbox's address asks for; unknown values are left out."""

    kind: str = ""
    post: int | None = None
    signatures: bool = False
    q: str = ""
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything restricts the list."""
        return bool(self.kind or self.post or self.signatures or self.q)

    def address(self, cursor: str | None = None) -> str:
        """Return the address of the inbox with these filters."""
        values = {
            "kind": self.kind, "post": self.post, "signatures": "1" if self.signatures else "", "q": self.q,
            "cursor": cursor,
        }  # fmt: skip
        query = urlencode({name: value for name, value in values.items() if value})
        return url_for("inbox.show") + (f"?{query}" if query else "")

    def wanted(self) -> InboxFilter:
        """Return what the query takes."""
        kinds = (self.kind,) if self.kind else ()
        return InboxFilter(kinds, self.post, self.signatures, self.q)


def read_filters(args: MultiDict[str, str]) -> Filters:
    """Read the filters of an address."""
    kind = args.get("kind", "")
    if kind not in KINDS:
        note_dropped("kind", kind)
    if read_number(args.get("post")) is None:
        note_dropped("post", args.get("post"))
    return Filters(
        kind=kind if kind in KINDS else "",
        post=read_number(args.get("post")),
        signatures=args.get("signatures") == "1",
        q=clean(args.get("q", ""))[:_WORDS_MAX],
        cursor=args.get("cursor") or None,
    )
