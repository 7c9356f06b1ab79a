"""A person's work as pages and API show it: what waits, in which role, what may be done, what follows otherwise."""

from dataclasses import dataclass

from app.core.errors import Sentence
from app.edge.context import Context, Unit
from app.policy.people import Actor
from app.queries.inbox import InboxFilter, InboxPage, InboxRow, list_inbox
from app.queries.work.consequence import Consequence, read_consequences
from app.schemas.item import KINDS
from app.services.bulk.offers import list_offers_of
from app.services.offer import Offer
from app.services.signing.input import SIGN
from workflows.roles import ROLES
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class WorkRow:
    """An item that waits for somebody, the steps of theirs, and the next rung."""

    found: InboxRow
    offers: tuple[Offer, ...]
    consequence: Consequence | None

    @property
    def role(self) -> Text | None:
        """The role in which the person is waited for: that of the signature, else of the first open step."""
        wanted = [offer for offer in self.offers if not self.found.owes_signature or offer.action == SIGN]
        first = next((offer for offer in wanted if offer.is_open), None) or next(iter(wanted), None)
        return first.posts[0].role if first else None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page of work, and the cursor behind it."""

    rows: tuple[WorkRow, ...]
    next_cursor: str | None


def read_work(
    context: Context, unit: Unit, actor: Actor, wanted: InboxFilter, *, limit: int, cursor: str | None = None
) -> WorkPage:
    """Return one page of what waits for `actor`, in a constant number of statements."""
    connection = unit.connection()
    machines = [context.book.current_machine(connection, kind) for kind in KINDS]
    page: InboxPage = list_inbox(
        connection, actor, machines, context.today(), limit=limit, wanted=wanted, cursor=cursor
    )
    ids = [row.item.id for row in page.rows]
    offers = list_offers_of(connection, context.book, actor, ids, context.now())
    following = read_consequences(connection, ids)
    rows = tuple(WorkRow(row, offers[row.item.id].offers, following.get(row.item.id)) for row in page.rows)
    return WorkPage(rows, page.next_cursor)


def name_role(name: str) -> Text | Sentence:
    """Return the words for a role that a ladder names."""
    role = ROLES.get(name)
    return role.label if role else Sentence(name, name)
