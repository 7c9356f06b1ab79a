"""Urging 催办: by a message of the system, or on the telephone, by a visit or a letter, which is put on record.

The step's history row is the record: who urged whom, how, and what was said. A message goes to everybody for whom
the item waits: the state's role, and in a round of signatures whoever has not signed.
"""

from sqlalchemy import select

from app.models.record import SignSlot
from app.services.recording import name_signer, owe, recipients
from app.services.working import Work


def urge(work: Work) -> None:
    """Owe a message to whoever is waited for, unless they were spoken to another way."""
    if work.values["channel"] != "message":
        return
    payload = {
        "title": work.item.title, "kind": work.item.kind, "due_on": work.item.due_on, "state": work.item.state,
        "note": work.values.get("note"), "by": work.acting.person_id,
    }  # fmt: skip
    owe(work.connection, work.item, waited_for(work), work.now, topic=f"{work.item.kind}.urge", payload=payload)


def waited_for(work: Work) -> list[str]:
    """Return the reader keys of everybody for whom the item waits now."""
    role = work.machine.states[work.item.state].waits_for
    keys = recipients(role, work.place) if role is not None else []
    if work.item.sign_off_id is not None:
        due = work.connection.execute(
            select(SignSlot.role, SignSlot.department_id, SignSlot.person_id)
            .where(SignSlot.sign_off_id == work.item.sign_off_id, SignSlot.is_due)
            .order_by(SignSlot.slot)
        )
        # While signatures are collected, the item waits for the signers first of all.
        keys = [name_signer(row.role, row.department_id, row.person_id) for row in due] or keys
    return list(dict.fromkeys(keys))
