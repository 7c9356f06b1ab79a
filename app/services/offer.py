"""What may be done as it is offered: a step or move with its posts and fields, closed ones with their reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.errors import Sentence
from app.services.choices import OfferedOption
from workflows.roles import Capacity, Role
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class OfferedPost:
    """A post in which the caller may take the step, and the role that it is to the item.

    `for_person_id` is whose it is when it was lent: then the caller acts on their behalf.
    """

    post_id: int
    department_id: int
    role: Text
    for_person_id: int | None = None


@dataclass(frozen=True, slots=True)
class OfferedField:
    """What a step asks for; with `options` only one of these may be given."""

    name: str
    kind: str
    label: Text
    is_required: bool
    options: tuple[OfferedOption, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that the caller's posts fit. `refusal` says why it is closed now, with its code; None: it is open."""

    action: str
    label: Text
    posts: tuple[OfferedPost, ...]
    fields: tuple[OfferedField, ...]
    is_grave: bool
    needs_version: bool
    code: str | None = None
    refusal: Sentence | None = None
    #: Of a signature and the moves of signers: the rule with what a refusal does, and how many have signed.
    rule_text: Text | None = None
    #: Whether what is asked for is an opinion, which decides nothing.
    is_opinion: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the caller may take it now."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Offers:
    """The item's present version and state, and its steps for this caller in the order of the regulation."""

    item_id: int
    version: int
    kind: str
    state: str
    offers: tuple[Offer, ...]


#: Nobody has taken the step yet.
NOBODY: frozenset[int] = frozenset()
VERDICTS = (OfferedOption("agree", Text("同意", "agree")), OfferedOption("refuse", Text("不同意", "disagree")))


def offer_posts(pairs: Sequence[tuple[Capacity, Role]], people: frozenset[int]) -> list[OfferedPost]:
    """Return the posts as they are offered: without those in which one of `people` would judge their own act.

    All of them where none is left: the step is shown closed then. A post that is held and lent is offered as held.
    """
    open_ones = [pair for pair in pairs if pair[0].people.isdisjoint(people)]
    posts: dict[int, OfferedPost] = {}
    for capacity, role in open_ones or pairs:
        offered = OfferedPost(capacity.post_id, capacity.department_id, role.label, capacity.for_person_id)
        posts.setdefault(capacity.post_id, offered)
    return list(posts.values())


def is_own(capacities: Iterable[Capacity], people: frozenset[int]) -> bool:
    """Whether in every one of `capacities` one of `people` would judge their own act."""
    return all(not capacity.people.isdisjoint(people) for capacity in capacities)
