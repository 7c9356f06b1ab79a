"""How a person proves who they are besides the password: a second factor, recovery codes, identities elsewhere.

Also the log-ins that failed, by address.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.sealing import Sealed, SealedText

ISSUER_MAX = 300
#: As long as OpenID Connect lets it be.
SUBJECT_MAX = 255


class SecondFactor(Base):
    """A person's authenticator app; until `confirmed_at` it was begun and asks nobody for anything."""

    __tablename__ = "second_factor"
    __table_args__ = (CheckConstraint("last_step IS NULL OR confirmed_at IS NOT NULL", name="used_when_confirmed"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[Sealed] = mapped_column(SealedText("person_id"))
    #: A secret that was begun and not confirmed is offered for some minutes only.
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The time step (30 seconds) of the last code that was taken: no code is taken twice.
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that stands in for the app once; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "sha256"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    #: Kept when it is used, so that the person is told how many are left.
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutsideIdentity(Base):
    """Who a person is at a provider of single sign-on: one identity of one issuer is one person's, and one only."""

    __tablename__ = "outside_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject_index"), UniqueConstraint("person_id", "issuer"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issuer: Mapped[str] = mapped_column(String(ISSUER_MAX))
    #: The provider's own name for the person (`sub`); never reassigned there, as names and addresses are.
    subject: Mapped[Sealed] = mapped_column(SealedText("person_id", "issuer", index="subject_index"))
    #: Null in a row of before there were data keys, until it is rewrapped.
    subject_index: Mapped[str | None] = mapped_column(String(64))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Tells administrators whether a link is still used.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LogInFailure(Base):
    """A log-in that failed, by the address that tried it (of IPv6 its network); kept for a day."""

    __tablename__ = "log_in_failure"
    __table_args__ = (Index("ix_log_in_failure_address", "address", "failed_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
