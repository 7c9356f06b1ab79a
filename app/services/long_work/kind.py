"""What one kind of long work is, and what it gets to work with; the kinds themselves are made at the edge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import ForbiddenError, Sentence
from app.policy.people import Actor

#: The kind of long work that makes a run of a plan: the product asks for it in the name of whoever keeps the plan.
PLANNED = "planned_paper"
_NO_POST = Sentence("您目前没有任何职务，不能办理。", "You hold no post at present, so this is not yours to do.")


class EndedError(Exception):
    """The work ends here without having been done; `why` is "cancelled", "stopped" or "lost".

    cancelled: its person took it back. stopped: the process is to end; the work waits again. lost: another process
    has it, because this one was silent for too long.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claimed:
    """A work as it was claimed; `tries` (from 1) tells this claim from earlier and later ones."""

    id: int
    kind: str
    person_id: int
    lang: str
    arguments: Mapping[str, Any]
    input_sha256: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that lies in the store."""

    sha256: str
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a work came to: plain values for its page and the API, and the file that it made."""

    result: Mapping[str, Any] = field(default_factory=dict)
    file: MadeFile | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """What a kind gets: the work, the person with the posts of this moment, and two ways to speak.

    `tell(done, total)` says how far it is (total None: not known yet) and raises EndedError where the work is to end:
    call it at every good place, as often as wished. `finish(unit, outcome)` marks it done within a unit of work of
    the kind's own, so that both happen or neither; EndedError when the work is no longer this process's.
    """

    work: Claimed
    actor: Actor
    tell: Callable[[int, int | None], None]
    finish: Callable[[Session, Outcome], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of long work.

    `allow` raises ForbiddenError for whoever may not; it is asked when the work is asked for and again when it runs.
    `check` returns the arguments as they are kept, or raises InvalidError with every fault; where they depend on who
    asks, `read` does it instead. `admit` raises ForbiddenError for whom the kept arguments are not: it is asked when
    the work runs and when its file is fetched. `run` returns what it came to, or None when it called `finish` itself; a
    DomainError that it raises is told to its person.
    """

    name: str
    allow: Callable[[Actor], None]
    check: Callable[[Mapping[str, Any]], dict[str, Any]]
    run: Callable[[Running], Outcome | None]
    read: Callable[[Actor, Mapping[str, Any]], dict[str, Any]] | None = None
    admit: Callable[[Actor, Mapping[str, Any]], None] | None = None


def require_post(actor: Actor) -> None:
    """Raise ForbiddenError for somebody who holds no post."""
    if not actor.capacities:
        raise ForbiddenError("no_post", _NO_POST)
