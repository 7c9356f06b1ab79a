"""Who sees why somebody is not coming to a meeting: the office, the leaders, auditors; and everybody of themself.

A reason may be an illness: the other member units see who is away and who comes instead, not why.
"""

from app.policy.people import Actor
from workflows.roles import Duty

_SEEING = frozenset({Duty.OFFICE, Duty.LEADER, Duty.AUDITOR})


def sees_absences(actor: Actor) -> bool:
    """Whether somebody sees the reasons and the written opinions of those who are away."""
    return any(one.duty in _SEEING for one in actor.on_kind("meeting").capacities)
