"""Whom a remark names: chosen by id, or written as @name or @login; only who may read it can be named.

A text like 下午@会议室 names nobody: what is no person's name or log-in stays text. Who is a person but may not read
the remark is refused by name, so that the writer knows that nobody was told.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import NAME_MAX, fold
from app.models.organisation import Holding, Person, Post
from app.policy.note import holds_note_post, list_above
from app.policy.people import read_lent
from app.services.message.readership import read_readership

MENTIONS_MAX = 20
#: Behind a letter or a digit an @ belongs to an address.
_MENTION = re.compile(r"(?<![A-Za-z0-9._-])@([^\s@]+)")
#: A name ends at the latest here.
_END = re.compile(r"[，。；：、！？,;:!?()（）<>《》“”\"'\[\]【】{}/\\|]")
_LOGIN_TAIL = re.compile(r"[^a-z0-9._-]")
_READ_MAX = 100
#: Longer names are chosen from the list.
_NAME_READ_MAX = 40


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a remark names."""

    person_id: int
    name: str


def find_named(
    connection: Connection, item_id: int, text: str, chosen: Sequence[int], *, department_id: int | None,
    author_id: int, now: datetime, today: date,
) -> tuple[Named, ...]:  # fmt: skip
    """Return whom a remark on an item names, without its author, in the order of naming.

    With `department_id` it is that department's internal note. InvalidError names everybody who may not read it, a
    name that several readers have, an id that is nobody's. Up to seven statements, however many are named.
    """
    written = list(dict.fromkeys(_read_written(text)))[:_READ_MAX]
    if not written and not chosen:
        return ()
    by_id, matches = _find_people(connection, chosen, written)
    people = by_id.keys() | {one.person_id for found in matches.values() for one in found}
    may = _find_readers(connection, item_id, people, department_id, now, today)
    faults: list[Fault] = []
    named: dict[int, Named] = {}
    for person_id in dict.fromkeys(chosen):
        if person_id not in by_id:
            faults.append(Fault("mentions", Sentence(f"没有编号为{person_id}的人员。", f"Nobody has id {person_id}.")))
        elif person_id not in may:
            faults.append(Fault("mentions", _refuse(by_id[person_id].name, is_note=department_id is not None)))
        else:
            named[person_id] = by_id[person_id]
    chosen_names = {one.name for one in named.values()}
    for found in matches.values():
        readers = [one for one in found if one.person_id in may]
        if not readers:
            faults.append(Fault("text", _refuse(found[0].name, is_note=department_id is not None)))
        elif len(readers) > 1 and readers[0].name not in chosen_names:
            faults.append(Fault("text", _ask_which(readers[0].name)))
        elif len(readers) == 1:
            named.setdefault(readers[0].person_id, readers[0])
    named.pop(author_id, None)
    if len(named) > MENTIONS_MAX:
        said = Sentence(f"一次最多提及{MENTIONS_MAX}人。", f"At most {MENTIONS_MAX} people are named at a time.")
        faults.append(Fault("text", said))
    if faults:
        raise InvalidError(faults, code="mention_refused")
    return tuple(named.values())


def _refuse(name: str, *, is_note: bool) -> Sentence:
    if is_note:
        return Sentence(
            f"{name}不能查看本部门的内部备注，没有提及。",
            f"{name} cannot read this department's internal notes and was not told.",
        )
    return Sentence(f"{name}无权查看本事项，没有提及。", f"{name} may not read this item and was not told.")


def _ask_which(name: str) -> Sentence:
    return Sentence(
        f"有多位名叫{name}的人员，请从名单中选定。", f"Several people are called {name}; choose one from the list."
    )


def _read_written(text: str) -> Iterable[str]:
    """Yield what stands behind each @, up to a blank or a mark that no name has."""
    for found in _MENTION.finditer(text):
        run = _END.split(found[1], maxsplit=1)[0][:NAME_MAX]
        if run:
            yield run


def _find_people(
    connection: Connection, chosen: Iterable[int], written: Iterable[str]
) -> tuple[dict[int, Named], dict[str, list[Named]]]:
    """Return the chosen by id, and for each writing the people whose name or log-in it begins with, longest first."""
    starts = {run: _list_starts(run) for run in written}
    names = {start for found in starts.values() for start in found}
    logins = {_LOGIN_TAIL.split(fold(run), maxsplit=1)[0].rstrip("._-") for run in starts} - {""}
    ids = set(chosen)
    rows = connection.execute(
        select(Person.id, Person.name, Person.login).where(
            ~Person.is_system, Person.is_active,
            or_(Person.id.in_(ids), Person.name.in_(names), Person.login.in_(logins)),
        ).order_by(Person.id)
    ).all()  # fmt: skip
    by_id = {row.id: Named(row.id, row.name) for row in rows if row.id in ids}
    matches: dict[str, list[Named]] = {}
    for run, found in starts.items():
        by_length = next((start for start in found if any(row.name == start for row in rows)), None)
        if by_length is not None:
            matches[run] = [Named(row.id, row.name) for row in rows if row.name == by_length]
            continue
        login = _LOGIN_TAIL.split(fold(run), maxsplit=1)[0].rstrip("._-")
        here = [Named(row.id, row.name) for row in rows if row.login == login and login]
        if here:
            matches[run] = here
    return by_id, matches


def _list_starts(run: str) -> list[str]:
    """Return what of a writing may be a name, the longest first: 张三请看 holds 张三."""
    return [run[:length] for length in range(min(len(run), _NAME_READ_MAX), 1, -1)]


def _find_readers(
    connection: Connection, item_id: int, people: Collection[int], department_id: int | None, now: datetime,
    today: date,
) -> set[int]:  # fmt: skip
    lent = read_lent(connection, now, today)
    readership = read_readership(connection, people, [item_id], today, lent)
    found = {person_id for person_id in people if readership.can_read(person_id, item_id)}
    if department_id is None:
        return found
    own = list_note_readers(connection, department_id, found, today)
    return {person_id for person_id in found if person_id in own}


def list_note_readers(connection: Connection, department_id: int, people: Collection[int], today: date) -> set[int]:
    """Return those of `people` who hold a post by which a department's internal notes are read. Two statements."""
    above = list_above(connection, department_id)
    return set(
        connection.execute(
            select(Holding.person_id)
            .join(Post, Post.id == Holding.post_id)
            .where(Holding.person_id.in_(tuple(people)), holds_note_post(above, today))
        ).scalars()
    )
