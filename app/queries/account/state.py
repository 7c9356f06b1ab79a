"""How a person logs in: password, pause, second factor, identities elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.core.sealing import unseal
from app.models.account import OutsideIdentity, RecoveryCode, SecondFactor
from app.models.organisation import Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is at a provider of single sign-on; `seen_at`: the last log-in with it."""

    id: int
    issuer: str
    subject: str
    linked_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountState:
    """How a person logs in; `factor_since` is null without a second factor, `locked_until` in the past: no pause."""

    person_id: int
    has_password: bool
    failed_logins: int
    locked_until: datetime | None
    factor_since: datetime | None
    codes_left: int
    identities: tuple[Identity, ...] = ()

    def is_locked(self, now: datetime) -> bool:
        """Whether log-in pauses at this instant."""
        return self.locked_until is not None and self.locked_until > now


def read_account_state(connection: Connection, person_id: int) -> AccountState:
    """Return how a person logs in; NotFoundError when there is no such person. Two statements."""
    left = (
        select(func.count())
        .where(RecoveryCode.person_id == Person.id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = connection.execute(
        select(
            Person.id, Person.password_hash.is_not(None), Person.failed_logins, Person.locked_until,
            SecondFactor.confirmed_at, left,
        )
        .outerjoin(
            SecondFactor, and_(SecondFactor.person_id == Person.id, SecondFactor.confirmed_at.is_not(None))
        )
        .where(Person.id == person_id, ~Person.is_system)
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    identities = connection.execute(
        select(
            OutsideIdentity.id, OutsideIdentity.issuer, OutsideIdentity.subject, OutsideIdentity.linked_at,
            OutsideIdentity.seen_at,
        )
        .where(OutsideIdentity.person_id == person_id)
        .order_by(OutsideIdentity.id)
    ).all()  # fmt: skip
    return AccountState(
        row[0], bool(row[1]), row[2], row[3], row[4], int(row[5]),
        tuple(
            Identity(one.id, one.issuer, unseal(one.subject, OutsideIdentity.subject, person_id, one.issuer),
                     one.linked_at, one.seen_at)
            for one in identities
        ),
    )  # fmt: skip
