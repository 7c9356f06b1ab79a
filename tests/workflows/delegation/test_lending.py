"""What may be lent, link by link: laws that hold of any delegations at all."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.delegation.lending import LINKS_MAX, Lending, lend
from workflows.roles import Capacity, Duty

PEOPLE = range(1, 7)
DUTIES = {
    1: Duty.HEAD, 2: Duty.MEMBER, 3: Duty.OFFICE, 4: Duty.LEADER, 5: Duty.FINANCE, 6: Duty.AUDITOR,
}  # fmt: skip
HELD = {one: [Capacity(10 * one, one, duty, one)] for one, duty in DUTIES.items()}
KINDS = st.none() | st.frozensets(st.sampled_from(["task", "project", "share"]))
LENDINGS = st.lists(
    st.builds(
        Lending, st.sampled_from(PEOPLE), st.sampled_from([1, 2, 3, 4, 5]),
        st.none() | st.frozensets(st.sampled_from([10 * one for one in PEOPLE])), KINDS,
    ).filter(lambda one: one.principal_id != one.substitute_id),
    max_size=9,
)  # fmt: skip


@given(LENDINGS)
def test_nothing_is_lent_that_the_links_do_not_allow(lendings: list[Lending]) -> None:
    """P04: three links at most, nobody's own post comes back, auditors' posts stay, the scope only narrows."""
    for person_id, capacities in lend(lendings, HELD).items():
        for one in capacities:
            assert one.person_id == person_id != one.holder_id
            assert one.holder_id == one.post_id // 10
            assert one.duty is not Duty.AUDITOR
            assert len(one.through) < LINKS_MAX
            assert person_id not in one.through
            assert one.holder_id not in one.through
            last = [link for link in lendings if link.substitute_id == person_id]
            allowing = [
                link for link in last
                if (link.posts is None or one.post_id in link.posts)
                and (link.kinds is None or (one.kinds is not None and one.kinds <= link.kinds))
            ]  # fmt: skip
            assert allowing
            assert any(link.principal_id in (one.holder_id, *one.through) for link in allowing)


@given(LENDINGS, st.randoms())
def test_the_order_of_the_links_says_nothing(lendings: list[Lending], chance: object) -> None:
    """The same delegations lend the same, in whatever order they were made."""
    mixed = list(lendings)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random
    assert {who: set(lent) for who, lent in lend(mixed, HELD).items()} == {
        who: set(lent) for who, lent in lend(lendings, HELD).items()
    }


def test_scopes_of_a_chain_are_what_all_links_allow() -> None:
    """Posts and kinds that no link leaves out; nothing in common is nothing."""
    first = Lending(1, 2, kinds=frozenset({"task", "share"}))
    [one] = lend([first, Lending(2, 3, frozenset({10}), frozenset({"share", "project"}))], HELD)[3]
    assert (one.post_id, one.kinds, one.through) == (10, frozenset({"share"}), frozenset({2}))
    assert one.people == {1, 2, 3}
    assert 3 not in lend([first, Lending(2, 3, frozenset({10}), frozenset({"project"}))], HELD)


def test_without_a_post_nobody_lends_passes_on_or_stands_in() -> None:
    """The one in the middle of a chain has left: what came through them is gone."""
    links = [Lending(1, 2), Lending(2, 3)]
    assert {one.post_id for one in lend(links, HELD)[3]} == {10, 20}
    assert lend(links, {**HELD, 2: []}) == {}
