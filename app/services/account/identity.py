"""Who a person is at the provider of single sign-on: linked by an administrator, or by a claim at the first log-in.

No account is ever made here. What was linked once goes by the provider's own name for the person (`sub`); a log-in
name or an address that the provider gives to somebody else later opens nothing.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.sealing import blind, is_text, seal, unseal
from app.core.text import fold
from app.models.account import ISSUER_MAX, SUBJECT_MAX, OutsideIdentity
from app.models.organisation import Person
from app.services.account.second_factor import tell
from app.services.act import Act

#: How much of an identity the log shows.
_SHOWN = 4
_TAKEN = Sentence("该身份已关联其他人员。", "This identity is somebody else's already.")
_HAS_ONE = Sentence("此人已关联该平台的身份，请先取消。", "They have an identity of this issuer; unlink it first.")


def find_person_of(connection: Connection, issuer: str, subject: str) -> int | None:
    """Return whose identity it is, active or not; None when it is nobody's."""
    return connection.execute(
        select(OutsideIdentity.person_id).where(OutsideIdentity.issuer == issuer, _is_named(subject))
    ).scalar_one_or_none()


def find_by_claim(connection: Connection, issuer: str, claim: str, value: str) -> int | None:
    """Return the one active person with this log-in name (`preferred_username`) or address (`email`).

    None when there is none or more than one, and for who has another identity of the issuer already.
    """
    column = is_text(Person.email, value) if claim == "email" else Person.login == fold(value)
    rows = connection.execute(
        select(Person.id, OutsideIdentity.id)
        .outerjoin(
            OutsideIdentity, (OutsideIdentity.person_id == Person.id) & (OutsideIdentity.issuer == issuer)
        )
        .where(column, Person.is_active, ~Person.is_system)
        .limit(2)
    ).all()  # fmt: skip
    return rows[0][0] if len(rows) == 1 and rows[0][1] is None else None


def link_identity(act: Act, person_id: int, issuer: str, subject: str) -> int:
    """Link an identity to a person and return its id (idempotent); the person is told.

    InvalidError lists every fault, ConflictError when it is somebody else's or the person has another one of the
    issuer, NotFoundError when there is no such person.
    """
    given = {"issuer": issuer.strip(), "subject": subject.strip()}
    faults = [
        Fault(name, Sentence(f"请填写，最多{most}个字符。", f"This is needed, at most {most} characters."))
        for name, most in (("issuer", ISSUER_MAX), ("subject", SUBJECT_MAX))
        if not given[name] or len(given[name]) > most or not given[name].isprintable()
    ]
    if faults:
        raise InvalidError(faults)
    known = select(Person.id).where(Person.id == person_id, Person.is_active, ~Person.is_system)
    if act.connection.execute(known).first() is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    known_id = _find_same(act.connection, person_id, given["issuer"], given["subject"])
    if known_id is not None:
        return known_id
    made: int | None = act.connection.execute(
        make_insert(act.connection, OutsideIdentity)
        .values(
            person_id=person_id, linked_at=act.now, issuer=given["issuer"],
            subject=seal(given["subject"], OutsideIdentity.subject, person_id, given["issuer"]),
            subject_index=blind(given["subject"], OutsideIdentity.subject),
        )
        .on_conflict_do_nothing()
        .returning(OutsideIdentity.id)
    ).scalar_one_or_none()  # fmt: skip
    if made is None:  # somebody linked meanwhile
        found = _find_same(act.connection, person_id, given["issuer"], given["subject"])
        if found is None:
            raise ConflictError("identity_taken", _TAKEN)
        return found
    act.audit("identity.link", f"person:{person_id}", after=_say(**given))
    tell(act, person_id, "account.identity_linked", issuer=given["issuer"])
    return made


def _is_named(subject: str) -> ColumnElement[bool]:
    return is_text(OutsideIdentity.subject, subject)


def _say(issuer: str, subject: str) -> dict[str, str]:
    """Return what the log keeps of an identity: enough to tell two apart, not what it says."""
    return {"issuer": issuer, "subject": f"{subject[:_SHOWN]}…"}


def _find_same(connection: Connection, person_id: int, issuer: str, subject: str) -> int | None:
    """Return the id of what was linked before, None for nothing; ConflictError when it is something else."""
    rows = connection.execute(
        select(OutsideIdentity.id, OutsideIdentity.person_id, _is_named(subject).label("is_same")).where(
            OutsideIdentity.issuer == issuer, or_(_is_named(subject), OutsideIdentity.person_id == person_id)
        )
    ).all()
    if any(row.is_same and row.person_id != person_id for row in rows):
        raise ConflictError("identity_taken", _TAKEN)
    same = next((row.id for row in rows if row.is_same), None)
    if same is None and rows:
        raise ConflictError("identity_exists", _HAS_ONE)
    return same


def unlink_identity(act: Act, person_id: int, identity_id: int) -> None:
    """Take an identity from a person, who is told; NotFoundError when it is not theirs."""
    row = act.connection.execute(
        delete(OutsideIdentity)
        .where(OutsideIdentity.id == identity_id, OutsideIdentity.person_id == person_id)
        .returning(OutsideIdentity.issuer, OutsideIdentity.subject)
    ).first()
    if row is None:
        raise NotFoundError("没有这个身份关联。", "There is no such identity.")
    subject = unseal(row.subject, OutsideIdentity.subject, person_id, row.issuer)
    act.audit("identity.unlink", f"person:{person_id}", before=_say(row.issuer, subject))
    tell(act, person_id, "account.identity_unlinked", issuer=row.issuer)


def note_seen(connection: Connection, issuer: str, subject: str, now: datetime) -> None:
    """Note that an identity was used for a log-in."""
    connection.execute(
        update(OutsideIdentity).where(OutsideIdentity.issuer == issuer, _is_named(subject)).values(seen_at=now)
    )
