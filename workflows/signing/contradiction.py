"""What contradicts itself in the rule of a sign-off; a table that holds such a rule is not imported."""

from collections.abc import Iterator

from workflows.roles import Role

_PCT_MAX = 100


def find_contradictions(
    rule: str, signers: tuple[tuple[Role, int], ...], quorum_count: int, quorum_percent: int, each: str | None
) -> Iterator[str]:
    """Yield what cannot be meant: a quorum of nobody, out of range, or larger than all signatures together."""
    weights = [weight for _, weight in signers]
    quorums = (quorum_count, quorum_percent)
    if not weights or min(weights) < 1:
        yield "has a signing role without weight"
    if len({role.name for role, _ in signers}) != len(weights):
        yield "names a signing role twice"
    if rule == "quorum" and quorums == (0, 0):
        yield "has a quorum of nobody"
    if min(quorums) < 0 or quorum_percent > _PCT_MAX:
        yield "has a quorum out of range"
    if rule != "quorum" and any(quorums):
        yield f"has a quorum under the rule {rule}"
    if all(quorums):
        yield "has a quorum by number and one by per cent"
    if each == "once" and any(role.relation == "support" for role, _ in signers):
        yield "asks several departments for one signature"
    is_single = each in (None, "once") and all(role.relation == "city" for role, _ in signers)
    if is_single and quorum_count > sum(weights):
        yield "has a quorum larger than can be"
