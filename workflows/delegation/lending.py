"""Substitution for a period (代理): what somebody may do for somebody else, link by link.

Source of the rules: administrative practice of 代理 and 授权 — for a period, within a scope, accepted by the
substitute, both names on record; the principal (被代理人) keeps acting. What was lent may be lent on, three links at
most; each link narrows the scope and needs its own acceptance. Nobody ends up as their own substitute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workflows.roles import Capacity, Duty

#: How many links lead from a post's holder to whoever acts in it at most.
LINKS_MAX = 3
#: An auditor's eyes and an administrator's keys are personal.
NEVER_LENT = frozenset({Duty.AUDITOR, Duty.ADMIN})


@dataclass(frozen=True, slots=True)
class Lending:
    """One link: a principal's posts (None: all, those lent to them included) for kinds of items (None: all).

    `amount_max_fen`: of items about money only those up to it (None: any); through several links the least counts.
    """

    principal_id: int
    substitute_id: int
    posts: frozenset[int] | None = None
    kinds: frozenset[str] | None = None
    amount_max_fen: int | None = None


def lend(lendings: Iterable[Lending], held: Mapping[int, Sequence[Capacity]]) -> dict[int, tuple[Capacity, ...]]:
    """Return by substitute the capacities that are lent to them while `lendings` run.

    `held` are the posts that people hold themselves; who holds none neither lends, nor passes on, nor stands in.
    Posts that a substitute holds anyway are left out, and so is everything that would come back to its holder.
    """
    links = [one for one in lendings if held.get(one.principal_id) and held.get(one.substitute_id)]
    found: dict[int, dict[Capacity, None]] = {}
    passed: Mapping[int, Sequence[Capacity]] = {
        person_id: [one for one in posts if one.duty not in NEVER_LENT] for person_id, posts in held.items()
    }
    for _ in range(LINKS_MAX):
        reached: dict[int, list[Capacity]] = {}
        for link in links:
            lent = (pass_on(one, link) for one in passed.get(link.principal_id, ()))
            reached.setdefault(link.substitute_id, []).extend(one for one in lent if one is not None)
        for person_id, capacities in reached.items():
            own = {one.post_id for one in held[person_id]}
            found.setdefault(person_id, {}).update(dict.fromkeys(c for c in capacities if c.post_id not in own))
        passed = reached
    return {
        person_id: tuple(sorted(lent, key=lambda one: (one.post_id, one.holder_id, len(one.through))))
        for person_id, lent in found.items()
        if lent
    }


def pass_on(capacity: Capacity, link: Lending) -> Capacity | None:
    """Return what of a capacity of the principal's the substitute gets; None: nothing."""
    if link.posts is not None and capacity.post_id not in link.posts:
        return None
    if link.substitute_id in capacity.people:
        return None
    kinds = capacity.kinds if link.kinds is None else link.kinds
    if capacity.kinds is not None and link.kinds is not None:
        kinds = capacity.kinds & link.kinds
    if kinds is not None and not kinds:
        return None
    amounts = [fen for fen in (capacity.amount_max_fen, link.amount_max_fen) if fen is not None]
    through = capacity.through | {link.principal_id} if capacity.is_lent else capacity.through
    return replace(
        capacity, person_id=link.substitute_id, for_person_id=capacity.holder_id, kinds=kinds, through=through,
        amount_max_fen=min(amounts, default=None),
    )  # fmt: skip
