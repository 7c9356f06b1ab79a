"""Tells administrators of a scheduler that fell silent: it cannot itself, so whoever is asked for readiness does.

Supervisors ask `/readyz` all the time. What is told goes into the inboxes at once, since nobody may be there to deliver
it; a mail goes out where a worker delivers.
"""

from app.edge.context import Context
from app.edge.doctor.patient import look_at
from app.edge.doctor.running import check_scheduler
from app.queries.oversight.alert import is_told
from app.services.watching.alerting import keep_alerts


def tell_of_silence(context: Context) -> None:
    """Open the alert of a silent scheduler, or repeat it after a day; told once, however many processes find it."""
    with context.database.reading() as unit:
        if is_told(unit, "scheduler", context.now()):
            return
    patient = look_at(context)
    if patient.vitals is not None:
        findings = [one for one in check_scheduler(patient) if one.state == "fault"]
        now, today = context.now(), context.today()
        context.database.write(lambda unit: keep_alerts(unit, findings, now, today, at_once=True))
