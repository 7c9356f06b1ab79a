"""Figures that a job makes, so that no page counts over everything."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, UtcDateTime


class Summary(Base):
    """Figures of a dashboard for one reader key, made by a job at `made_at`."""

    __tablename__ = "summary"

    reader: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[dict[str, object]] = mapped_column(JSON)
