"""For whom a state waits in earnest: the role that it names, as far as that role can move the item on.

A project that is proposed waits for its lead department, but only the head can submit it: it is no work of a member.
"""

from dataclasses import replace

from workflows.interpreter import Machine
from workflows.roles import Role
from workflows.slip import RESTING


def find_awaited(machine: Machine, state: str) -> Role | None:
    """Return the role whose hand a state waits for, without the duties that could not move it; None: nobody's.

    Steps beside the way (asking, urging, appointing) and those that end the item count as no move.
    """
    role = machine.states[state].waits_for
    if role is None or (machine.kind, state) in RESTING:
        return None
    movers = [
        who.duties
        for step in machine.steps_from[state]
        if step.is_progress and not step.is_grave
        for who in step.who
        if who.relation == role.relation
    ]
    able = role.duties & frozenset().union(*movers)
    return replace(role, duties=able) if able else role
