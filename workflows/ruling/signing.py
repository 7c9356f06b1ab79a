"""The rule of a sign-off under a rule set's values, and as a round keeps it from its first day on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.interpreter import CompiledSignOff
from workflows.ruling.checking import split_quorum
from workflows.ruling.keys import Values

#: What a round keeps of the rule by which it was opened; who signs and what follows stay the workflow's.
_KEPT = ("rule", "quorum_count", "quorum_percent", "refusal")


def change_rule(kind: str, rule: CompiledSignOff, signing: Values) -> CompiledSignOff:
    """Return a sign-off of a kind under the `signing` values of a rule set; itself where none changes it."""
    group = f"{kind}.{rule.name}."
    mine = {key.removeprefix(group): value for key, value in signing.items() if key.startswith(group)}
    if not mine:
        return rule
    changes: dict[str, Any] = {}
    if "rule" in mine:
        changes["rule"], changes["quorum_count"], changes["quorum_percent"] = split_quorum(mine["rule"])
    if "refusal" in mine:
        changes["refusal"] = mine["refusal"]
    changes["signers"] = tuple((role, int(mine.get(f"votes.{role.name}", weight))) for role, weight in rule.signers)
    return replace(rule, **changes)


def keep_rule(rule: CompiledSignOff) -> dict[str, Any]:
    """Return the rule as a round keeps it, in JSON values."""
    kept: dict[str, Any] = {name: getattr(rule, name) for name in _KEPT}
    return {**kept, "votes": {role.name: weight for role, weight in rule.signers}}


def read_kept(rule: CompiledSignOff, kept: Mapping[str, Any] | None) -> CompiledSignOff:
    """Return the rule by which a round runs: what it kept over the workflow's own; None: the workflow's own."""
    if kept is None:
        return rule
    votes = kept["votes"]
    signers = tuple((role, int(votes.get(role.name, weight))) for role, weight in rule.signers)
    return replace(rule, signers=signers, **{name: kept[name] for name in _KEPT})
