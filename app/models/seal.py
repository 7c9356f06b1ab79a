"""The seal over the log: leaves, kept nodes, signed heads, keys; append-only by triggers, as the log itself.

A leaf names its row without a foreign key: a row that was removed must be told, and checking the key would lock rows
of the log on PostgreSQL.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime


class AuditLeaf(Base):
    """A leaf of the tree: which row of the log stands at this place, and the hash of its canonical form."""

    __tablename__ = "audit_leaf"
    __table_args__ = (UniqueConstraint("audit_id"), CheckConstraint("length(hash) = 32", name="hash_length"))

    leaf_index: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditNode(Base):
    """The hash over a perfect subtree of 2⁸, 2¹⁶ or 2²⁴ leaves: follows from the leaves, kept for quick proofs."""

    __tablename__ = "audit_node"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash_length"),)

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditKey(Base):
    """A public key that signs heads, from `begins_at` until the next one begins; signed by the key before it."""

    __tablename__ = "audit_key"
    __table_args__ = (UniqueConstraint("key_id"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[str] = mapped_column(String(32))
    public_key: Mapped[str] = mapped_column(String(64))
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_by: Mapped[str] = mapped_column(String(32))
    signature: Mapped[str] = mapped_column(String(128))


class AuditHead(Base):
    """A signed head. `previous` is the size of the head before (0: none), so that no two follow the same one.

    `complete`: nothing waited to be sealed then. `frontier`: the perfect subtrees, in hexadecimal digits.
    """

    __tablename__ = "audit_head"
    __table_args__ = (UniqueConstraint("previous"), CheckConstraint("tree_size > previous", name="grows"))

    tree_size: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_id: Mapped[str] = mapped_column(ForeignKey("audit_key.key_id"))
    previous: Mapped[int] = mapped_column(BigInteger)
    complete: Mapped[bool]
    signature: Mapped[str] = mapped_column(String(128))
    frontier: Mapped[str] = mapped_column(Text)
