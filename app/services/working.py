"""What a step works on, from its decision to its last row."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from app.services.loading import Loaded
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from workflows.interpreter import CompiledStep, Machine
from workflows.roles import Place


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A step that the product takes on another item because of this one; refused, nothing of either is written."""

    item_id: int
    action: str
    values: dict[str, Any] = field(default_factory=dict)
    #: Nobody is told of it: what set it off tells of the whole.
    is_quiet: bool = False


@dataclass
class Work:
    """A step that was admitted. Effects put columns of the item into `changes` and set what else must be renewed."""

    connection: Connection
    book: Rulebook
    machine: Machine
    item: Loaded
    step: CompiledStep
    acting: Acting
    now: datetime
    today: date
    source: str
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    readers_changed: bool = False
    light_changed: bool = False
    children_changed: bool = False
    #: Somebody judges what they did themselves, which the step allows.
    is_own: bool = False
    #: Nobody is told of this step.
    is_quiet: bool = False
    follow_ups: list[FollowUp] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where the item stands among departments."""
        return self.item.place
