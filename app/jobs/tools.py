"""What a job works with; every job is a function of (tools, the instant it belongs to)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.clock import Clock
from app.core.database import Database
from app.core.store import Store
from app.core.watch.finding import Finding
from app.services.long_work.kind import Kind
from app.services.message.sending import NO_WAY_OUT, Sending
from app.services.rulebook import Rulebook


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Tools:
    """The process's database, rules, clock, ways out; `stopped` says that the job is to end at the next good place."""

    database: Database
    book: Rulebook
    clock: Clock
    stopped: Callable[[], bool] = _never
    sending: Sending = NO_WAY_OUT
    #: Where files lie; None: this process touches none.
    store: Store | None = None
    #: The kinds of long work that this process does; none: it looks for no work.
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    #: Freezes the papers that wait for it, until it is told to stop, and says what it did; None: makes none here.
    freeze: Callable[[Callable[[], bool]], str] | None = None
    #: Looks at the installation, check by check (with True asks others, too); None: this process looks at nothing.
    examine: Callable[[bool], Sequence[Finding]] | None = None
    #: Seals what waits in the log (with True looks through all of it) and says what it did; None: seals nothing here.
    seal: Callable[[Callable[[], bool], bool], str] | None = None
