"""Which data keys have sealed something in this database, so that a missing or another key is noticed at the start."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, UtcDateTime


class DataKeyMark(Base):
    """A data key that was active here once; `proof` is a known text sealed with it."""

    __tablename__ = "data_key"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(20))
    proof: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
