"""Reads what is typed into the register: every fault at once, each with its field and what was expected."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import NAME_MAX, TEXT_MAX, TITLE_MAX, clean, fold
from app.models.document import DOCUMENT_KINDS
from app.models.item import URGENCIES
from app.models.organisation import Person, Post
from app.services.act import read_name
from workflows.roles import Duty

NUMBER_MAX = 60
READERS_MAX = 100
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns that a person types, and the readers named by id."""

    kind: str
    title: str
    number: str | None
    issuer: str | None
    leader_post_id: int | None
    leader_name: str | None
    dated_on: date | None
    received_on: date
    text: str | None
    urgency: str
    confidential: bool
    readers: tuple[int, ...]

    def columns(self) -> dict[str, Any]:
        """Return what the document's own row holds."""
        found = asdict(self)
        found.pop("readers")
        return found

    def search_text(self, register_number: str) -> str:
        """Return what a search looks through."""
        parts = (register_number, self.number, self.title, self.issuer, self.leader_name)
        return fold(" ".join(part for part in parts if part))


NAMES = tuple(Fields.__slots__)


def read_fields(connection: Connection, given: Mapping[str, Any], today: date) -> Fields:
    """Return the typed fields; InvalidError lists every fault. Missing: today, normal, open, nobody named."""
    faults: list[Fault] = []
    kind = _read_choice(faults, "kind", given.get("kind"), DOCUMENT_KINDS)
    title = read_name(faults, "title", given.get("title"), TITLE_MAX)
    number = read_name(faults, "number", given.get("number"), NUMBER_MAX, required=False)
    issuer = read_name(faults, "issuer", given.get("issuer"), NAME_MAX, required=False)
    leader_name = read_name(faults, "leader_name", given.get("leader_name"), NAME_MAX, required=False)
    leader_post_id = _read_leader(faults, connection, given.get("leader_post_id"))
    if kind == "instruction" and leader_post_id is None and leader_name is None:
        said = Sentence("领导批示须写明是哪位领导。", "An instruction needs the leader who gave it.")
        faults.append(Fault("leader_name", said))
    dated_on, received_on = given.get("dated_on"), given.get("received_on") or today
    _check_dates(faults, dated_on, received_on, today)
    urgency = _read_choice(faults, "urgency", given.get("urgency") or "normal", URGENCIES)
    text = _read_text(faults, given.get("text"))
    readers = _read_readers(faults, connection, given.get("readers") or ())
    if faults:
        raise InvalidError(faults)
    return Fields(
        kind, title or "", number, issuer, leader_post_id, leader_name, dated_on, received_on, text, urgency,
        bool(given.get("confidential")), readers,
    )  # fmt: skip


def _read_choice(faults: list[Fault], field: str, value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        listed = ", ".join(known)
        faults.append(Fault(field, Sentence(f"应为{listed}之一。", f"expected one of {listed}.")))
    return str(value)


def _read_leader(faults: list[Fault], connection: Connection, post_id: int | None) -> int | None:
    if post_id is None:
        return None
    found = connection.execute(select(Post.duty).where(Post.id == post_id)).scalar_one_or_none()
    if found != Duty.LEADER:
        faults.append(
            Fault("leader_post_id", Sentence("应为领导小组的岗位。", "expected a post of the leadership group."))
        )
    return post_id


def _check_dates(faults: list[Fault], dated_on: date | None, received_on: date, today: date) -> None:
    for field, value in (("dated_on", dated_on), ("received_on", received_on)):
        if value is not None and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            said = Sentence("应为2000年至2099年间的日期。", "expected a date from 2000 to 2099.")
            faults.append(Fault(field, said))
    if received_on > today:
        faults.append(Fault("received_on", Sentence("收文日期不能晚于今天。", "It cannot have come after today.")))
    elif dated_on is not None and dated_on > received_on:
        said = Sentence("成文日期不能晚于收文日期。", "It cannot be dated after the day on which it came.")
        faults.append(Fault("dated_on", said))


def _read_text(faults: list[Fault], raw: str | None) -> str | None:
    text = clean(raw or "", newlines=True)
    if len(text) > TEXT_MAX:
        said = Sentence(f"最多{TEXT_MAX}字，现为{len(text)}字。", f"At most {TEXT_MAX} characters, got {len(text)}.")
        faults.append(Fault("text", said))
    return text or None


def _read_readers(faults: list[Fault], connection: Connection, given: Any) -> tuple[int, ...]:  # noqa: ANN401  # ids
    wanted = tuple(sorted(set(given)))
    if len(wanted) > READERS_MAX:
        said = Sentence(f"最多指定{READERS_MAX}人。", f"At most {READERS_MAX} persons.")
        faults.append(Fault("readers", said))
        return ()
    if not wanted:
        return ()
    known = set(
        connection.execute(
            select(Person.id).where(Person.id.in_(wanted), Person.is_active, ~Person.is_system)
        ).scalars()
    )
    missing = [str(person_id) for person_id in wanted if person_id not in known]
    if missing:
        listed = ", ".join(missing)
        said = Sentence(f"没有这些人员（或已停用）：{listed}。", f"No such active persons: {listed}.")
        faults.append(Fault("readers", said))
    return wanted
