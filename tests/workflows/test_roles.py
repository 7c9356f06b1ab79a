"""Who is who to an item, and who stands in: an item never waits for nobody."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.roles import (
    ASSIGNEE,
    LEAD_HEAD,
    LEADERSHIP,
    OFFICE,
    OFFICE_DIRECTOR,
    PARENT_STAFF,
    ROLES,
    SUPPORT_HEAD,
    SYSTEM,
    Capacity,
    Duty,
    Place,
    resolve,
)

PLACE = Place(1, frozenset({2}), 3)


def test_the_assignee_is_the_person_else_the_head() -> None:
    """No assignee means the department's head."""
    head, member = Capacity(1, 10, Duty.HEAD, 1), Capacity(2, 20, Duty.MEMBER, 1)
    assert ASSIGNEE.fits(head, PLACE)
    assert not ASSIGNEE.fits(member, PLACE)
    named = Place(1, assignee_id=20)
    assert ASSIGNEE.fits(member, named)
    assert not ASSIGNEE.fits(head, named)


def test_an_auditor_changes_nothing_even_when_named() -> None:
    """Auditors read all and act on nothing."""
    assert not ASSIGNEE.fits(Capacity(1, 20, Duty.AUDITOR, 1), Place(1, assignee_id=20))


def test_the_director_is_one_of_the_office() -> None:
    """Only the director's post is the director."""
    assert OFFICE_DIRECTOR.fits(Capacity(1, 1, Duty.OFFICE, 9, is_director=True), PLACE)
    assert not OFFICE_DIRECTOR.fits(Capacity(1, 1, Duty.OFFICE, 9), PLACE)


def test_a_missing_department_fits_nobody() -> None:
    """Without an owner or a parent there is no staff of it."""
    nowhere = Place(None)
    assert not LEAD_HEAD.fits(Capacity(1, 1, Duty.HEAD, 1), nowhere)
    assert not PARENT_STAFF.fits(Capacity(1, 1, Duty.HEAD, 1), nowhere)
    assert PARENT_STAFF.fits(Capacity(1, 1, Duty.HEAD, 3), PLACE)


def test_a_vacancy_goes_down_the_chain() -> None:
    """Head of the department, then the office's director, then whoever holds an office post."""
    head = Capacity(1, 1, Duty.HEAD, 2)
    director = Capacity(2, 2, Duty.OFFICE, 9, is_director=True)
    clerk = Capacity(3, 3, Duty.OFFICE, 9)
    assert resolve(SUPPORT_HEAD, PLACE, [head, director, clerk]) == (head,)
    assert resolve(SUPPORT_HEAD, PLACE, [director, clerk]) == (director,)
    assert resolve(LEADERSHIP, PLACE, [clerk]) == (clerk,)
    assert resolve(OFFICE, PLACE, []) == ()


def test_the_head_stands_in_for_staff_that_is_not_there() -> None:
    """A share's parent department without staff is represented by its head."""
    head = Capacity(1, 1, Duty.HEAD, 1)
    assert resolve(ASSIGNEE, Place(1, assignee_id=77), [head]) == (head,)


@given(
    st.lists(
        st.builds(Capacity, st.integers(1, 9), st.integers(1, 9), st.sampled_from(Duty), st.integers(1, 5)),
        max_size=8,
    ),
    st.sampled_from(sorted(set(ROLES) - {SYSTEM.name})),
)
def test_with_an_office_post_somebody_always_acts(holders: list[Capacity], name: str) -> None:
    """Property: whatever posts are held, a city with one office post has somebody for every role."""
    office = Capacity(99, 99, Duty.OFFICE, 9)
    found = resolve(ROLES[name], PLACE, [*holders, office])
    assert found
    assert set(found) <= {*holders, office}
