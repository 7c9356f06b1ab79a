"""What the office arranges on a day of the story: changes of the rules, substitutes."""

from datetime import UTC, datetime, time

from app.services.act import Act
from app.services.delegation.checking import NewDelegation
from app.services.delegation.making import accept_delegation, offer_delegation
from app.services.demo.stage import SOURCE, Stage
from app.services.demo.story import DemoDelegation, DemoRule
from app.services.ruling.drafting import Proposal, draft_change
from app.services.ruling.publishing import publish_change


def arrange(stage: Stage) -> None:
    """Do what the story has for today."""
    for rule in stage.story.rules:
        if rule.day == stage.day:
            _change_rules(stage, rule)
    for one in stage.story.delegations:
        if one.day == stage.day:
            _delegate(stage, one)


def _act(stage: Stage, login: str) -> Act:
    return Act(stage.session.connection(), stage.acting(login), stage.tick(), stage.today, SOURCE)


def _change_rules(stage: Stage, rule: DemoRule) -> None:
    change_id = draft_change(_act(stage, rule.by), Proposal(rule.changes, rule.reason))
    publish_change(_act(stage, rule.publisher), change_id, 1)


def _delegate(stage: Stage, one: DemoDelegation) -> None:
    zone = stage.book.zone
    from_at, to_at = (
        datetime.combine(stage.on(day), time(), tzinfo=zone).astimezone(UTC) for day in (one.from_day, one.until_day)
    )
    given = NewDelegation(stage.people[one.principal], stage.people[one.substitute], from_at, to_at, one.reason)
    delegation_id = offer_delegation(_act(stage, one.principal), given, zone)
    if one.is_answered:
        accept_delegation(_act(stage, one.substitute), delegation_id, zone)
