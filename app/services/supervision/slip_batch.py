"""One batch of the slip pass: what it did, and how a bad row is kept from stopping the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.errors import DomainError
from app.models.organisation import Person
from app.services.recording import Acting

#: Rungs or slips in one transaction.
BATCH = 200

Fault = dict[str, object]


@dataclass
class Batch:
    """What a batch did; `last_id` the last row that it looked at, None when there was none: the pass is over."""

    last_id: int | None = None
    made: int = 0
    issued: int = 0
    settled: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, other: "Batch") -> None:
        """Take `other` in."""
        self.last_id = other.last_id
        self.made += other.made
        self.issued += other.issued
        self.settled += other.settled
        self.faults += other.faults


Work = Callable[[Sequence[int], Batch], None]


def narrow(connection: Connection, ids: Sequence[int], total: Batch, work: Work, name: str) -> None:
    """Do `work` on the rows `ids` behind a savepoint; when one refuses, do it on each half.

    A row that refuses alone is told as a fault and stays as it was; the next pass tries it again. A deadlock or a
    lost connection is the caller's to try again.
    """
    done = Batch()
    try:
        with connection.begin_nested():
            work(ids, done)
    except OperationalError:
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        said = str(error.orig).partition("\n")[0]
    except DomainError as error:
        said = error.sentence.en
    except ValueError as error:
        said = str(error)
    else:
        done.last_id = total.last_id
        total.add(done)
        return
    if len(ids) == 1:
        total.faults.append({"kind": name, "items": list(ids), "said": said})
        return
    middle = len(ids) // 2
    for half in (ids[:middle], ids[middle:]):
        narrow(connection, half, total, work, name)


def act_as_product(connection: Connection) -> Acting:
    """Return the product itself as who acts."""
    person_id = connection.execute(select(Person.id).where(Person.login == "system")).scalar_one()
    return Acting(person_id, "system")
