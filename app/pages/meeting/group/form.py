"""The forms of groups as typed: rows of seats, changes seat by seat, rules; read and shown again as they were."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.meeting.group import UP_TO
from app.pages.items.form import read_number
from app.pages.meeting.group.panel import name_post
from app.pages.words import current_lang
from app.queries.meeting.group import PostName
from workflows.meeting.procedure import FORUMS, MATTERS, SEATS

ROWS_FIRST, ROWS_MORE, ROWS_MAX = 6, 4, 120
CHAIRS_MAX = 3
_TEXT_MAX = 2000
_PLACE = re.compile(r"(seats|lines)\[(\d{1,3})\]\.(\w+)")
_NO_POST = Sentence("没有这个职务，请从列表中选择。", "There is no such post; choose one of the list.")
_MANY = Sentence("有几个职务符合，请写全。", "Several posts fit; write more of it.")

Row = dict[str, str]


class PostList:
    """The posts that one may choose from, each with the words by which it is chosen."""

    def __init__(self, posts: Mapping[int, PostName]) -> None:
        named: dict[str, list[int]] = {}
        for post_id, post in posts.items():
            named.setdefault(_name(post), []).append(post_id)
        self._ids: dict[str, int] = {}
        for label, ids in named.items():
            # Alike in every word: the number tells them apart.
            self._ids |= {label: ids[0]} if len(ids) == 1 else {f"{label} #{one}": one for one in ids}
        self._labels = {post_id: label for label, post_id in self._ids.items()}

    @property
    def labels(self) -> list[str]:
        """What may be chosen."""
        return list(self._ids)

    def label(self, post_id: int) -> str:
        """Return the words of a post; empty for one that cannot be chosen."""
        return self._labels.get(post_id, "")

    def find(self, text: str, place: str) -> int:
        """Return the post that was typed, whole or as the one part that only it has; InvalidError at `place`."""
        wanted = " ".join(text.split())
        if wanted in self._ids:
            return self._ids[wanted]
        found = [post_id for label, post_id in self._ids.items() if wanted.casefold() in label.casefold()]
        if len(found) != 1:
            raise InvalidError([Fault(place, _MANY if found else _NO_POST)])
        return found[0]


def _name(post: PostName) -> str:
    named = name_post(post)
    if not post.holder:
        return named
    return f"{named}（{post.holder}）" if current_lang() == "zh" else f"{named} ({post.holder})"


@dataclass(frozen=True, slots=True)
class SeatRows:
    """Rows of seats to be: role, post as typed, order."""

    rows: Sequence[Row] = ()
    wants_more: bool = False

    def given(self, posts: PostList) -> tuple[list[dict[str, Any]], list[Fault]]:
        """Return the filled rows as the schema takes them, and what is wrong with the posts that were typed."""
        found: list[dict[str, Any]] = []
        faults: list[Fault] = []
        for number, row in enumerate(self.filled, 1):
            post_id = 0
            try:
                post_id = posts.find(row["post"], f"seats[{number}].post")
            except InvalidError as error:
                faults += error.faults
            rank = row["rank"].strip()
            found.append({"role": row["role"], "post": post_id, "rank": (read_number(rank) or rank) if rank else 1})
        # A post that is unknown is told of once, not again by the schema.
        return [one | {"post": one["post"] or 1} for one in found], faults

    @property
    def filled(self) -> list[Row]:
        """The rows in which something was typed besides the role, which is chosen beforehand."""
        return [row for row in self.rows if row["post"].strip()]

    def place(self, field_name: str) -> str:
        """Return where on the page a fault's field stands."""
        match = _PLACE.fullmatch(field_name)
        if match is None:
            return field_name
        places = [place for place, row in enumerate(self.rows, 1) if row["post"].strip()]
        number = int(match[2])
        return f"{match[1]}-{places[number - 1] if 0 < number <= len(places) else number}-{match[3]}"


def read_seat_rows(form: MultiDict[str, str]) -> SeatRows:
    """Read the rows of a sent form: `seats.<number>.<field>`."""
    wants = form.get("more") == "seats"
    count = min(read_number(form.get("seats_rows")) or ROWS_FIRST, ROWS_MAX)
    count = min(count + ROWS_MORE, ROWS_MAX) if wants else count
    rows = [
        {key: form.get(f"seats.{number}.{key}", "")[:_TEXT_MAX] for key in ("role", "post", "rank")}
        for number in range(1, count + 1)
    ]
    return SeatRows(rows, wants)


def fill_seat_rows(seats: Sequence[tuple[str, str, int]]) -> SeatRows:
    """Return rows filled with seats (role, post in words, order), with some empty ones behind."""
    rows = [{"role": role, "post": post, "rank": str(rank)} for role, post, rank in seats]
    empty = max(ROWS_FIRST - len(rows), 2)
    return SeatRows([*rows, *({"role": "member", "post": "", "rank": ""} for _one in range(empty))])


@dataclass(frozen=True, slots=True)
class MemberForm:
    """A change of members as typed: what becomes of each seat, new seats, why."""

    ends: frozenset[int] = frozenset()
    posts: Mapping[int, str] = field(default_factory=dict)
    added: SeatRows = field(default_factory=SeatRows)
    reason: str = ""

    def given(self, posts: PostList) -> tuple[dict[str, Any], list[Fault], list[str]]:
        """Return the change as the schema takes it, what is wrong with typed posts, and where each line stands."""
        lines: list[dict[str, Any]] = []
        faults: list[Fault] = []
        places: list[str] = []
        for seat_id in sorted({*self.ends, *(one for one, text in self.posts.items() if text.strip())}):
            text = self.posts.get(seat_id, "").strip()
            places.append(f"seat-{seat_id}")
            if not text:
                lines.append({"op": "end", "seat": seat_id})
                continue
            post_id = 1
            try:
                post_id = posts.find(text, f"seat-{seat_id}")
            except InvalidError as error:
                faults += error.faults
            lines.append({"op": "replace", "seat": seat_id, "post": post_id})
        rows, wrong = self.added.given(posts)
        faults += [Fault(self.added.place(one.field), one.sentence) for one in wrong]
        for number, row in enumerate(rows, 1):
            lines.append({"op": "add", **row})
            places.append(self.added.place(f"seats[{number}].post"))
        return {"lines": lines} | ({"reason": self.reason} if self.reason.strip() else {}), faults, places


def read_member_form(form: MultiDict[str, str]) -> MemberForm:
    """Read a sent change of members."""
    ends, posts = set[int](), dict[int, str]()
    for name, value in form.items():
        kind, _dot, number = name.partition(".")
        seat_id = read_number(number)
        if kind == "end" and seat_id:
            ends.add(seat_id)
        if kind == "replace" and seat_id:
            posts[seat_id] = value[:_TEXT_MAX]
    return MemberForm(frozenset(ends), posts, read_seat_rows(form), form.get("reason", "")[:_TEXT_MAX])


def read_rules_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the rules that were typed as the edge reads them; what cannot be read goes on as it is."""
    amount = form.get(UP_TO, "").strip()
    return {
        **{name: _number(form.get(name, "")) for name in ("present_pct", "topics_max", "carry_on_days")},
        **{name: [one for one in SEATS if form.get(f"{name}.{one}")] for name in ("must_attend", "deciders",
                                                                                  "climbs_to")},
        UP_TO: amount or None,
        "members_approve": form.get("members_approve") == "1",
        "paper_needed": form.get("paper_needed") == "1",
        "forums": {matter: form.get(f"forums.{matter}", "") for matter in MATTERS},
        "invited": {forum: [one for one in SEATS if form.get(f"invited.{forum}.{one}")] for forum in FORUMS},
        "chairs": {
            forum: list(dict.fromkeys(
                one for number in range(1, CHAIRS_MAX + 1) if (one := form.get(f"chairs.{forum}.{number}", ""))
            ))
            for forum in FORUMS
        },
    }  # fmt: skip


def _number(text: str) -> int | str:
    number = read_number(text.strip())
    return text if number is None else number
