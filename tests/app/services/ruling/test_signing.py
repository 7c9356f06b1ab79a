"""The rule of a sign-off is changed for rounds to come; one that runs keeps the rule by which it was opened."""

from tests.app.services.ruling.making import change_rules, move, rules_of
from tests.app.services.signing.rule import outcomes, submitted
from tests.city import City

AGREE = {"verdict": "agree"}
REFUSE = {"verdict": "refuse", "remark": "材料不全"}


def test_a_changed_rule_decides_rounds_that_open_under_it(city: City) -> None:
    """Any of two instead of all: one signature closes the round; an item from before still needs both."""
    old = submitted(city, "ENE", "POL")
    change_rules(city, {"task.cosign.rule": "any"})
    new = submitted(city, "ENE", "POL")
    for task in (old, new):
        city.do("ene_head", task, "sign", AGREE)
    assert (outcomes(city, old), outcomes(city, new)) == ([None], ["agreed"])
    city.do("pol_head", old, "sign", AGREE)
    assert outcomes(city, old) == ["agreed"]


def test_refusals_that_count_leave_the_round_open(city: City) -> None:
    """A majority with counted refusals: one refusal of three ends nothing, the second does."""
    change_rules(city, {"task.cosign.rule": "percent(51)", "task.cosign.refusal": "counts"})
    task = submitted(city, "ENE", "POL", "WEA")
    city.do("ene_head", task, "sign", REFUSE)
    assert outcomes(city, task) == [None]
    city.do("pol_head", task, "sign", REFUSE)
    assert outcomes(city, task) == ["refused"]


def test_votes_weigh_what_the_version_says(city: City) -> None:
    """Two votes a signature: two are reached by one."""
    change_rules(city, {"task.cosign.rule": "count(2)", "task.cosign.votes.support_head": "2"})
    task = submitted(city, "ENE", "POL")
    city.do("ene_head", task, "sign", AGREE)
    assert outcomes(city, task) == ["agreed"]


def test_a_running_round_keeps_its_rule_when_its_item_is_moved(city: City) -> None:
    """What a signer was told stays true: the moved item's round needs all, its next one any."""
    task = submitted(city, "ENE", "POL")
    version = change_rules(city, {"task.cosign.rule": "any"})
    move(city, task, version)
    assert rules_of(city, task) == version
    city.do("ene_head", task, "sign", AGREE)
    assert outcomes(city, task) == [None]
    city.do("pol_head", task, "sign", REFUSE)
    assert (outcomes(city, task), city.state(task)) == (["refused"], "in_progress")
    city.do("tra_head", task, "submit", {"evidence": "补充后再报"})
    city.do("ene_head", task, "sign", AGREE)
    assert outcomes(city, task) == ["refused", "agreed"]


def test_a_round_under_a_changed_rule_keeps_it_through_the_next_version(city: City) -> None:
    """Opened under any, moved to a version that asks for all: the first signature still completes it."""
    change_rules(city, {"task.cosign.rule": "any"})
    task = submitted(city, "ENE", "POL")
    move(city, task, change_rules(city, {"task.cosign.rule": "all"}))
    city.do("ene_head", task, "sign", AGREE)
    assert outcomes(city, task) == ["agreed"]
