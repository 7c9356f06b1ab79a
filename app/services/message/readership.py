"""Turns recipient keys into the people who hold them now, and says who of them may read what (case P12).

Set-based: a constant number of statements for however many keys, people and items.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.models.item import ItemAccess
from app.models.organisation import Holding, Person, Post
from app.policy.lending import HELD, NOTHING_LENT, Lent, capacity_of
from app.policy.people import find_holders, readers_of
from workflows.roles import (
    ASSIGNEE,
    FINANCE,
    LEAD_HEAD,
    LEAD_STAFF,
    LEADERSHIP,
    OFFICE,
    OFFICE_DIRECTOR,
    ROLES,
    Capacity,
    Duty,
    Place,
    resolve,
)

_DUTY = 3
_BY_LETTER = {"H": LEAD_HEAD, "S": LEAD_STAFF, "D": LEAD_STAFF, "F": FINANCE}


@dataclass(frozen=True, slots=True)
class Roster:
    """Who holds what on one day, as far as a batch of keys asks for it."""

    city: tuple[Capacity, ...]
    by_department: Mapping[int, tuple[Capacity, ...]]
    active: frozenset[int]
    lent: Lent = NOTHING_LENT
    _found: dict[tuple[str, Place], dict[int, int | None]] = field(default_factory=dict)

    def people(self, key: str, place: Place) -> Mapping[int, int | None]:
        """Return who is told under `key` now; a vacancy falls to the head, the office's director, the office.

        By person the one as whose substitute they are told; None: as themself. `place` is where the item in question
        stands: its department's head stands in for a person who left.
        """
        found = self._found.get((key, place))
        if found is None:
            found = self._found[key, place] = self._resolve(key, place)
        return found

    def _resolve(self, key: str, place: Place) -> dict[int, int | None]:
        letter, _, number = key.partition(":")
        if letter == "U" and number.isdigit():
            if int(number) in self.active:
                return self._substitutes(int(number), place) | {int(number): None}
            return self._holders(ASSIGNEE.name, place.owner_department_id, place)
        if letter == "P" and number.isdigit():
            held = {one.person_id: one.for_person_id for one in self._all() if one.post_id == int(number)}
            return held or self._holders(OFFICE_DIRECTOR.name, None, place)
        if letter in _BY_LETTER and number.isdigit():
            return self._holders(_BY_LETTER[letter].name, int(number), place)
        role = ROLES.get(key.lower(), OFFICE)
        return self._holders(role.name if role.relation == "city" else OFFICE.name, None, place)

    def _all(self) -> Iterable[Capacity]:
        """Return every capacity that was read, those who stand in for somebody first: told as themself counts."""
        every = {one for many in (self.city, *self.by_department.values()) for one in many}
        return sorted(every, key=lambda one: (not one.is_lent, one.post_id, one.person_id))

    def _holders(self, role: str, department_id: int | None, told: Place) -> dict[int, int | None]:
        here = self.by_department.get(department_id, ()) if department_id is not None else ()
        # The key names the one department that counts, whatever its relation to the item is.
        place = Place(
            department_id,
            frozenset(() if department_id is None else (department_id,)),
            kind=told.kind,
            amount_fen=told.amount_fen,
        )
        acting = self._called(place) if role == LEADERSHIP.name else ()
        acting = acting or resolve(ROLES[role], place, (*here, *self.city))
        # Holders come first, so that who is told as themself is not told as a substitute, too.
        found: dict[int, int | None] = {}
        for capacity in acting:
            found.setdefault(capacity.person_id, capacity.for_person_id)
        return found

    def _called(self, place: Place) -> tuple[Capacity, ...]:
        """Return the leaders' posts that hear what is told to the leadership group; all of them where none is called.

        Whom the group's rules call is told of what others of its seats decide, too; a substitute of what was lent.
        """
        leaders = [
            one for one in self.city
            if one.duty is Duty.LEADER and (not one.is_lent or one.serves(place.kind, place.amount_fen))
        ]  # fmt: skip
        return tuple(one for one in leaders if one.is_called) or tuple(leaders)

    def _substitutes(self, person_id: int, place: Place) -> dict[int, int | None]:
        """Return who is told of an item in a person's stead: with a post that the person lent in its department."""
        departments = {place.owner_department_id, place.section_id} - {None}
        return {
            capacity.person_id: person_id
            for capacities in self.lent.by_person.values()
            for capacity in capacities
            if capacity.for_person_id == person_id
            and capacity.department_id in departments
            and capacity.serves(place.kind, place.amount_fen)
        }


def read_roster(
    connection: Connection, keys: Iterable[str], departments: Iterable[int], today: date, lent: Lent = NOTHING_LENT
) -> Roster:
    """Return the roster for `keys`; `departments` are those of the items in question. Two statements, three with posts.

    With `lent` those who stand in for somebody are told, too.
    """
    wanted, people, posts = set(departments), set(), set()
    for key in keys:
        letter, _, number = key.partition(":")
        if number.isdigit() and letter in _BY_LETTER:
            wanted.add(int(number))
        elif number.isdigit() and letter == "U":
            people.add(int(number))
        elif number.isdigit() and letter == "P":
            posts.add(int(number))
    if posts:
        wanted |= set(connection.execute(select(Post.department_id).where(Post.id.in_(posts))).scalars())
    by_department: dict[int, list[Capacity]] = {}
    city = []
    for capacity in find_holders(connection, wanted, today, lent):
        by_department.setdefault(capacity.department_id, []).append(capacity)
        if capacity.duty in (Duty.OFFICE, Duty.LEADER):
            city.append(capacity)
    active = connection.execute(select(Person.id).where(Person.id.in_(people), Person.is_active)).scalars()
    return Roster(tuple(city), {key: tuple(found) for key, found in by_department.items()}, frozenset(active), lent)


@dataclass(frozen=True, slots=True)
class Readership:
    """Which of some people may read which of some items."""

    readers: Mapping[int, frozenset[str]]
    access: Mapping[int, frozenset[str]]

    def can_read(self, person_id: int, item_id: int | None) -> bool:
        """Whether the person may read the item now; what is about no item is for whoever is told."""
        if item_id is None:
            return person_id in self.readers
        return not self.access.get(item_id, frozenset()).isdisjoint(self.readers.get(person_id, frozenset()))


def read_readership(
    connection: Connection, people: Collection[int], item_ids: Collection[int], today: date, lent: Lent = NOTHING_LENT
) -> Readership:
    """Return who of `people` may read which of `item_ids` on `today`; who has left reads nothing. Two statements.

    With `lent` they read what their lent posts read, too.
    """
    held: dict[int, list[Capacity]] = {}
    rows: Iterable[Any] = connection.execute(
        select(Person.id, *HELD)
        .outerjoin(
            Holding,
            (Holding.person_id == Person.id)
            & (Holding.from_on <= today)
            & or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .outerjoin(Post, (Post.id == Holding.post_id) & or_(Post.to_on.is_(None), Post.to_on > today))
        .where(Person.id.in_(tuple(people)), Person.is_active)
    )
    for row in rows:
        posts = held.setdefault(row[0], [])
        # Whose post has ended holds none.
        if row[_DUTY] is not None:
            posts.append(capacity_of(row[1:]))
    readers = {
        person_id: frozenset(readers_of(person_id, (*posts, *lent.by_person.get(person_id, ()))))
        for person_id, posts in held.items()
    }
    access: dict[int, set[str]] = {}
    wanted = frozenset().union(*readers.values()) if readers else frozenset()
    for item_id, reader in connection.execute(
        select(ItemAccess.item_id, ItemAccess.reader).where(ItemAccess.item_id.in_(tuple(item_ids)))
    ):
        if reader in wanted:
            access.setdefault(item_id, set()).add(reader)
    return Readership(readers, {item_id: frozenset(found) for item_id, found in access.items()})
