"""What can be changed: every limit, rung, threshold, term and sign-off of the release, each by one key."""

import pytest

from workflows.catalogue import WORKFLOWS
from workflows.interpreter import compile_body
from workflows.machine import WrongTableError
from workflows.roles import OFFICE, SYSTEM
from workflows.ruling.checking import (
    WrongValueError,
    find_faults,
    list_choices,
    make_table,
    read_value,
    split_quorum,
)
from workflows.ruling.keys import RULE_KEYS, RUNG_ROLES, UNNAMED, list_keys, read_values, write_parts, write_quorum
from workflows.ruling.signing import change_rule, keep_rule, read_kept
from workflows.ruling.wording import tell_change, tell_rule_key, tell_value
from workflows.task import TASK

DEFAULTS = {key: one.default for key, one in RULE_KEYS.items()}


def test_the_defaults_are_the_release_itself() -> None:
    """Under its own values each table is what is shipped: diagrams and stored versions stay as they are."""
    for table in WORKFLOWS.values():
        assert make_table(table, DEFAULTS).body() == table.body()
    assert list(find_faults(DEFAULTS)) == []
    assert read_values({}) == DEFAULTS
    assert read_values(write_parts(DEFAULTS)) == DEFAULTS


def test_every_rung_term_and_sign_off_has_its_key() -> None:
    """Nothing that a table counts or decides by is left out; a report's limit is the term that counts it."""
    rungs = {
        f"{kind}.{ladder.cause}.{rung.level}"
        for kind, table in WORKFLOWS.items() for ladder in table.ladders for rung in ladder.rungs
    }  # fmt: skip
    assert {name for name in RULE_KEYS if RULE_KEYS[name].form == "offset"} == rungs
    assert {f"{name}.to" for name in rungs} | {f"{name}.by" for name in rungs} <= RULE_KEYS.keys()
    assert frozenset() == UNNAMED
    assert "task.report" not in RULE_KEYS
    assert {"task.cosign.rule", "project.cosign.refusal", "request.circulation.votes.leadership"} <= RULE_KEYS.keys()
    assert set(RUNG_ROLES) == set(WORKFLOWS)
    for one in RULE_KEYS.values():
        if one.form == "role":
            assert one.default in list_choices(one), one.key
            assert SYSTEM.name not in list_choices(one)


def test_every_rule_has_words_of_its_own() -> None:
    """Names and values read in both languages, and no two rules are called the same."""
    for lang in ("zh", "en"):
        names = [tell_rule_key(one).in_language(lang) for one in RULE_KEYS.values()]
        assert len(set(names)) == len(names)
    for key, one in RULE_KEYS.items():
        said = tell_value(one, DEFAULTS[key])
        assert said.zh.strip()
        assert said.en.strip()
    one = RULE_KEYS["task.due.1"]
    assert tell_change(one, "workdays(-3)", "days(0)").en == (
        "Task: due date, level 1 (reminder): when: was 3 working days before the date, becomes on the day of the date."
    )
    assert tell_value(RULE_KEYS["task.cosign.rule"], "count(1)").en == "1 vote for it"
    assert tell_value(RULE_KEYS["task.cosign.rule"], "percent(60)").zh == "同意达到60%"
    assert tell_value(RULE_KEYS["task.cosign.rule"], "sequence").zh == "依次签署，须全部同意"


@pytest.mark.parametrize(
    ("key", "given", "clean"),
    [
        ("task.idle", " workhours(08) ", "workhours(8)"),
        ("task.due.1", "days(-10)", "days(-10)"),
        ("task.due.1.to", "support_head", "support_head"),
        ("task.due.1.by", "mail", "mail"),
        ("task.cosign.rule", "percent(051)", "percent(51)"),
        ("task.cosign.votes.support_head", "03", "3"),
        ("task.cosign.refusal", "counts", "counts"),
        ("light.soon_workdays", "0", "0"),
        ("terms.red_sign", "督查", "督查"),
        ("task.idle", "workdays(1001)", None),
        ("task.due.1", "workdays(-1001)", None),
        ("terms.red_answer", "workdays(2000)", None),
        ("terms.urges_a_day", "101", None),
        ("task.cosign.votes.support_head", "0", None),
        ("task.cosign.votes.support_head", "२", None),
        ("share.due.1.to", "support_head", None),
        ("task.cosign.rule", "quorum", None),
        ("task.cosign.rule", "count(-1)", None),
    ],
)
def test_values_are_read_strictly(key: str, given: str, clean: str | None) -> None:
    """A value is kept in one form; what is out of bounds or no choice here is refused with what was expected."""
    if clean is not None:
        assert read_value(RULE_KEYS[key], given) == clean
        return
    with pytest.raises(WrongValueError) as caught:
        read_value(RULE_KEYS[key], given)
    assert caught.value.said.zh
    assert caught.value.said.en


@pytest.mark.parametrize("value", ["all", "any", "sequence", "count(3)", "percent(66)"])
def test_a_quorum_is_written_as_it_is_read(value: str) -> None:
    """The word and the three fields of a sign-off say the same."""
    assert write_quorum(*split_quorum(value)) == value


def test_what_the_table_itself_refuses_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own checks come last: a table that would not be imported is refused, whatever made it so."""

    def refuse(*_given: object) -> None:
        raise WrongTableError("task", ["state received is a dead end"])

    monkeypatch.setattr("workflows.ruling.checking.make_table", refuse)
    found = dict(find_faults(DEFAULTS))
    assert "dead end" in found["task"].en


def test_a_rule_is_kept_and_read_back() -> None:
    """A round keeps rule, quorum, refusal and votes; who signs and what follows stay the workflow's."""
    own = compile_body(TASK.body()).sign_offs["cosign"]
    assert change_rule("task", own, {}) is own
    assert change_rule("share", own, {"task.cosign.rule": "any"}) is own
    changed = change_rule("task", own, {"task.cosign.rule": "count(2)", "task.cosign.votes.support_head": "2"})
    assert (changed.rule, changed.quorum_count, changed.signers[0][1], changed.refusal) == ("quorum", 2, 2, "ends")
    assert change_rule("task", own, {"task.cosign.refusal": "counts"}).refusal == "counts"
    assert read_kept(own, keep_rule(changed)) == changed
    assert read_kept(own, None) is own


def test_keys_follow_the_tables() -> None:
    """Another release's rung is another key: the list is made from the tables, not by hand."""
    assert list_keys({"task": TASK}).keys() < RULE_KEYS.keys()
    assert OFFICE.name in list_choices(RULE_KEYS["task.due.1.to"])
