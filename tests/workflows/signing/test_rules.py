"""What a rule says: in its stored body, in words, and what cannot be meant."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflows.signing.rules import HOLDERS, PLACE, RULES, compile_rule, make_table, open_round
from workflows.interpreter import compile_body
from workflows.machine import WrongTableError, fingerprint
from workflows.roles import LEAD_HEAD, LEADERSHIP, SUPPORT_HEAD, Capacity, Duty, Place
from workflows.signing.moves import MoveError, Named, add_signer, lend, remove, take_back, transfer
from workflows.signing.round import Round, Slot, find_signers, make_slots
from workflows.signing.wording import tell_count, tell_rule
from workflows.task import COSIGN, TASK

SOMEBODY = Named(11, 1)


def test_a_body_from_before_keeps_its_form() -> None:
    """A stored version is never altered: words at their default stay out of it, and it compiles to the defaults."""
    body = make_table(of=SUPPORT_HEAD).body()["steps"][0]["opens"]
    assert set(body) == {"name", "label", "of", "completed", "refused", "rule", "quorum_count", "refusal"}
    assert body["of"] == "support_head"
    submit = next(step for step in TASK.body()["steps"] if step["action"] == "submit")
    assert set(submit["opens"]) == set(body)
    compiled = compile_body(TASK.body()).sign_offs[COSIGN.name]
    assert (compiled.quorum_percent, compiled.each, compiled.withdrawn) == (0, None, "withdraw")
    assert not compiled.holds


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_stored_rule_is_the_rule(name: str) -> None:
    """What is stored compiles to what was written, weights and all."""
    table = make_table(**RULES[name])
    compiled = compile_rule(name)
    opened = table.steps[0].opens
    assert opened is not None
    assert compiled.signers == opened.signers
    assert (compiled.rule, compiled.refusal, compiled.each) == (opened.rule, opened.refusal, opened.each)
    assert fingerprint(table.body()) == fingerprint(make_table(**RULES[name]).body())


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"of": LEADERSHIP, "rule": "quorum"}, "a quorum of nobody"),
        ({"of": LEADERSHIP, "rule": "quorum", "quorum_percent": 101}, "out of range"),
        ({"of": SUPPORT_HEAD, "rule": "quorum", "quorum_count": -1}, "out of range"),
        ({"of": LEADERSHIP, "rule": "quorum", "quorum_count": 2}, "larger than can be"),
        ({"of": SUPPORT_HEAD, "quorum_count": 2}, "under the rule all"),
        ({"of": SUPPORT_HEAD, "rule": "quorum", "quorum_count": 2, "quorum_percent": 50}, "one by per cent"),
        ({"of": ((LEAD_HEAD, 0), (SUPPORT_HEAD, 1))}, "without weight"),
        ({"of": ((LEAD_HEAD, 1), (LEAD_HEAD, 2))}, "twice"),
        ({"of": SUPPORT_HEAD, "each": "once"}, "several departments"),
        ({"of": SUPPORT_HEAD, "holds": ("fly",)}, "holds fly, which does not leave open"),
    ],
)
def test_what_cannot_be_meant_is_not_imported(rule: dict[str, Any], fault: str) -> None:
    """A wrong table does not import, and says why."""
    with pytest.raises(WrongTableError, match=fault):
        make_table(**rule)


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("all", "须全部同意；一人不同意即告不通过。", "All must agree; one refusal ends it."),
        ("any", "任何一人同意即可；全部不同意才不通过。", "Any one signature suffices; it fails only when all refuse."),
        (
            "number",
            "至少2人同意即通过；不同意计入票数，无法达到时不通过。",
            "Passes when 2 agree; refusals are counted",
        ),
        ("percent", "同意达到60%即通过", "Passes when 60% agree"),
        ("weight", "同意满3票即通过（牵头单位负责人每签2票", "Passes at 3 votes (votes a signature: "),
        ("sequence", "依次签署，须全部同意；一人不同意即告不通过。", "Signed in order; all must agree; one refusal"),
    ],
)
def test_the_rule_and_what_a_refusal_does_are_said(name: str, zh: str, en: str) -> None:
    """PEERS 30: refusal semantics are told before anybody signs, in both languages."""
    said = tell_rule(compile_rule(name))
    assert said.zh.startswith(zh)
    assert said.en.startswith(en)
    assert "0" in tell_count(open_round(name)).zh


def test_slots_are_of_departments_seats_or_the_role() -> None:
    """Per department, per seat, once; in a sequence the roles in their order; a vacant city role still has a slot."""
    assert [(slot.department_id, slot.turn) for slot in open_round("sequence").slots] == [
        (2, 1),
        (3, 2),
        (4, 3),
        (1, 4),
    ]
    assert [slot.post_id for slot in open_round("percent").slots] == [96, 97, 98]
    assert [(slot.department_id, slot.post_id) for slot in open_round("once").slots] == [(None, None)]
    assert [slot.weight for slot in open_round("weight").slots] == [2, 1, 1, 1]
    assert len(make_slots(compile_rule("percent"), PLACE, ())) == 1
    each = compile_body(make_table(of=LEADERSHIP, each="department").body()).sign_offs["s"]
    assert [slot.department_id for slot in make_slots(each, PLACE, HOLDERS)] == [9]
    assert [slot.department_id for slot in make_slots(each, PLACE, ())] == [None]


def test_a_seat_and_a_named_person_fall_back_when_they_are_gone() -> None:
    """Never nobody: the department's head, the role, the office; a substitute stands for whom they replace."""
    named = Slot(1, "signer", 2, person_id=12)
    assert [held.person_id for held in find_signers(named, PLACE, HOLDERS)] == [12]
    gone = tuple(held for held in HOLDERS if held.person_id != 12)
    assert [held.person_id for held in find_signers(named, PLACE, gone)] == [2]
    headless = tuple(held for held in gone if held.department_id != 2)
    assert [held.person_id for held in find_signers(named, PLACE, headless)] == [90]
    seat = Slot(1, "leadership", 9, post_id=96)
    assert [held.person_id for held in find_signers(seat, PLACE, HOLDERS)] == [96]
    vacant = tuple(held for held in HOLDERS if held.post_id != 96)
    assert [held.person_id for held in find_signers(seat, PLACE, vacant)] == [97, 98]
    lent = Capacity(12, 50, Duty.MEMBER, 2, for_person_id=12)
    assert lent in find_signers(named, PLACE, (*HOLDERS, lent))
    other = Capacity(12, 50, Duty.MEMBER, 2, for_person_id=12, kinds=frozenset({"slip"}))
    assert other not in find_signers(named, Place(1, kind="task"), (*HOLDERS, other))


def test_moves_say_why_they_are_closed() -> None:
    """Each refusal has its code: of the rule, an opinion, twice, signed, others acted, too many."""
    round_ = open_round("all")
    lent = lend(round_, 1, SOMEBODY, 2)
    moved = transfer(round_, 1, Named(12, 2), 2)
    signed = round_.sign(1, "agree", 2)
    after = add_signer(round_, 1, "after", SOMEBODY, 2).sign(1, "agree", 2).sign(4, "agree", 11)
    opinion = lent.sign(4, "agree", 11).sign(1, "agree", 2)
    many = Round(round_.rule, tuple(Slot(number, "support_head", 2) for number in range(1, 61)))
    closed: list[tuple[Callable[[], Round], str]] = [
        (lambda: remove(round_, 1), "signer_of_the_rule"), (lambda: lend(lent, 4, Named(12, 2), 11), "opinion_only"),
        (lambda: add_signer(lent, 4, "before", Named(12, 2), 11), "opinion_only"),
        (lambda: add_signer(lent, 2, "beside", SOMEBODY, 3), "already_a_signer"),
        (lambda: transfer(moved, 1, SOMEBODY, 2), "not_waiting"), (lambda: take_back(round_, 1, 2), "not_signed"),
        (lambda: take_back(signed, 1, 3), "not_signed"), (lambda: take_back(after, 1, 2), "others_acted"),
        (lambda: take_back(opinion, 4, 11), "others_acted"),
        (lambda: add_signer(many, 1, "beside", SOMEBODY, 2), "too_many"),
    ]  # fmt: skip
    for move, code in closed:
        with pytest.raises(MoveError) as caught:
            move()
        assert caught.value.code == code
        assert caught.value.says.zh
        assert caught.value.says.en


def test_an_item_goes_back_to_where_it_was() -> None:
    """退回: visited, open, earlier in the table, left by a person; not a pause, not where signatures are collected."""
    machine = compile_body(TASK.body())
    every = list(machine.states)
    assert machine.list_returnable(every, "submitted") == ("draft", "assigned", "received", "in_progress")
    assert machine.list_returnable(every, "received") == ("draft", "assigned")
    assert machine.list_returnable(["assigned"], "in_progress") == ("assigned",)
    assert "disputed" not in machine.list_returnable(every, "suspended")
    assert "submitted" not in machine.list_returnable(every, "suspended")
