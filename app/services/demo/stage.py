"""The stage of the story: the open unit, the moving clock, who is who, and the one way to act: through the services."""

import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import ForbiddenError
from app.models.item import Item
from app.policy.people import find_actor
from app.services.demo.character import make_dice
from app.services.demo.story import DemoCity, Story
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.transitions import Request, perform
from workflows.calendar import Calendar

SOURCE = "demo"
#: Between two acts somewhere in the city; a full day has some thirty.
_PACE_MINUTES = (4, 28)


@dataclass
class Stage:
    """Everything that the days of the story work on. `items` are ids by the story's keys, `keys` the way back."""

    session: Session
    book: Rulebook
    calendar: Calendar
    city: DemoCity
    story: Story
    last_on: date
    departments: Mapping[str, int]
    people: Mapping[str, int]
    now: datetime
    ends_at: datetime
    day: int = 0
    items: dict[str, int] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    #: Which words were used how often, so that nobody says the same thing twice in a row.
    said: dict[str, int] = field(default_factory=dict)
    #: How many steps people took since somebody last asked.
    steps: int = 0
    _staff: dict[int, list[str]] = field(default_factory=dict)
    _heads: dict[int, str] = field(default_factory=dict)
    _pace: random.Random = field(default_factory=lambda: make_dice(""))

    def __post_init__(self) -> None:
        for person in self.city.people:
            department_id = self.departments[person.department]
            if person.duty == "head":
                self._heads[department_id] = person.login
            elif person.duty == "member":
                self._staff.setdefault(department_id, []).append(person.login)

    @property
    def today(self) -> date:
        """The city's day of the story."""
        return self.calendar.local_date(self.now)

    def begin_day(self, day: int, starts_at: datetime, ends_at: datetime) -> None:
        """Go on to the next working day: people act between the two instants."""
        self.day, self.now, self.ends_at = day, starts_at, ends_at
        self._pace = self.chance(f"day {day}")

    def chance(self, key: str) -> random.Random:
        """Return the dice of one matter: always the same for the same story, whatever else happens."""
        return make_dice(f"{self.story.seed}:{key}")

    def on(self, day: int) -> date:
        """Return the date of a working day, counted back from the story's last."""
        return self.calendar.add_workdays(self.last_on, day) if day else self.last_on

    def after(self, workdays: int) -> date:
        """Return the date so many working days from today."""
        return self.calendar.add_workdays(self.today, workdays)

    def passed(self, since: date) -> int:
        """Return how many working days have passed since a day."""
        return self.calendar.workdays_between(since, self.today) if since <= self.today else 0

    def know(self, key: str, item_id: int) -> None:
        """Remember an item by its key in the story."""
        self.items[key] = item_id
        self.keys[item_id] = key

    def head(self, department_id: int | None) -> str:
        """Return the log-in of a department's head; a section's is its department's."""
        if department_id not in self._heads:
            raise AssertionError(f"the department {department_id} has no head")
        return self._heads[department_id]

    def staff(self, department_id: int | None, key: str) -> str | None:
        """Return a member of the department: the same for the same matter; None when there is none."""
        members = self._staff.get(department_id or 0, [])
        return self.chance(f"staff {key}").choice(members) if members else None

    def office(self, key: str) -> str:
        """Return who in the office looks after a matter."""
        staff = self._staff_of_office()
        return self.chance(f"office {key}").choice(staff)

    def officer(self, item_id: int, *, is_confidential: bool) -> str:
        """Return who in the office acts on an item: what is confidential only its director reads."""
        return "director" if is_confidential else self.office(str(item_id))

    def _staff_of_office(self) -> list[str]:
        return [person.login for person in self.city.people if person.duty == "office" and not person.is_director]

    def tick(self) -> datetime:
        """Let some minutes pass, up to the end of the day's work, and return the instant."""
        minutes = self._pace.randint(*_PACE_MINUTES)
        self.now = min(self.now + timedelta(minutes=minutes, seconds=self._pace.randint(0, 59)), self.ends_at)
        return self.now

    def acting(self, login: str) -> Acting:
        """Return a person as who acts, in the one post that they hold."""
        actor = find_actor(self.session.connection(), self.people[login], self.today)
        if actor is None:
            raise AssertionError(f"nobody is called {login}")
        capacity = actor.capacities[0]
        return Acting(actor.person_id, capacity.duty.value, capacity)

    def do(self, login: str, item_id: int, action: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Take a step as a person does; a refusal is a fault of the story and ends it."""
        now = self.tick()
        self.steps += 1
        version = self.session.execute(select(Item.version).where(Item.id == item_id)).scalar_one()
        hands, post_id = self._find_hands(login)
        request = Request(action, fields or {}, version, as_post=post_id, source=SOURCE)
        try:
            for hand in hands[:-1]:
                with suppress(ForbiddenError):  # a substitute does not judge what they handed in themselves
                    return perform(self.session, self.book, self.people[hand], now, item_id, request).answer
            return perform(self.session, self.book, self.people[hands[-1]], now, item_id, request).answer
        except Exception as error:
            error.add_note(f"day {self.day}, {login}: {action} {self.keys.get(item_id, item_id)} {fields}")
            raise

    def _find_hands(self, login: str) -> tuple[tuple[str, ...], int]:
        """Return who acts as somebody today, their substitute first while they are away, and in which post."""
        away = (
            one.substitute
            for one in self.story.delegations
            if one.is_answered and one.principal == login and one.from_day <= self.day < one.until_day
        )
        capacity = self.acting(login).capacity
        if capacity is None:
            raise AssertionError("everybody in the story holds a post")
        return (*away, login), capacity.post_id

    def say(self, topic: str, key: str, **values: object) -> str:
        """Return the next sentence on a topic, for a matter; each is used once before any comes again."""
        return self.pick(self.story.words[topic], topic, key, **values)

    def pick(self, lines: Sequence[str], topic: str, key: str, **values: object) -> str:
        """Return the next of `lines`: they go round, each topic from a place of its own."""
        used = self.said.get(topic, self.chance(topic).randrange(len(lines)))
        self.said[topic] = used + 1
        values = {"n": 3 + self.chance(f"{key} {used}").randrange(38), **values}
        return lines[used % len(lines)].format(**values)
