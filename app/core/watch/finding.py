"""What a look at the installation finds: a fault, a warning or that all is well, and what mends it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.core.errors import Sentence

State = Literal["ok", "warning", "fault"]
#: What lasts is told to administrators again after so long.
TOLD_AGAIN = timedelta(hours=24)
STATES: tuple[State, ...] = ("ok", "warning", "fault")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `mend` says what to do, of what is well nothing."""

    check: str
    state: State
    said: Sentence
    mend: Sentence | None = None

    @property
    def rank(self) -> int:
        """How bad it is: 0 ok, 1 warning, 2 fault."""
        return STATES.index(self.state)
