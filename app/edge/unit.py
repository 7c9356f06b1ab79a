"""The type of a unit of work, for edges that pass one on and may not import the database's own."""

from sqlalchemy.orm import Session as Unit

__all__ = ["Unit"]
