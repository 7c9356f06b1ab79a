"""Looks at the installation every few minutes and tells its administrators what is not well, and when it is again."""

from datetime import datetime

from app.jobs.tools import Tools
from app.services.watching.alerting import keep_alerts


def watch_job(tools: Tools, due_at: datetime) -> str:
    """Look, outside of any transaction, and bring the alerts in line; returns what changed (idempotent).

    Once an hour others are asked as well: the mail server, the certificate.
    """
    if tools.examine is None:
        return "no checks"
    findings = tools.examine(due_at.minute == 0)
    now = tools.clock.now()
    today = now.astimezone(tools.book.zone).date()
    done = tools.database.write(lambda session: keep_alerts(session, findings, now, today))
    faults = sum(finding.state == "fault" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    return f"faults {faults}, warnings {warnings}, told {done.opened} again {done.repeated} ended {done.closed}"
