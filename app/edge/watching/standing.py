"""How the installation stands, for its administrators: what the cheap checks find now, and what was told."""

from dataclasses import dataclass

from app.core.watch.finding import STATES, Finding, State
from app.edge.administering import require_admin
from app.edge.context import Context
from app.edge.doctor.table import CHEAP, examine
from app.queries.oversight.alert import AlertView, list_alerts

ALERTS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """The findings, the worst first, and the last alerts."""

    findings: tuple[Finding, ...]
    alerts: tuple[AlertView, ...]

    @property
    def state(self) -> State:
        """The worst that was found."""
        return STATES[max((finding.rank for finding in self.findings), default=0)]


def read_standing(context: Context, person_id: int) -> Standing:
    """Return how the installation stands now; ForbiddenError for anybody but an administrator."""
    with context.database.reading() as unit:
        require_admin(unit, person_id)
        alerts = list_alerts(unit, ALERTS)
    findings = sorted(examine(context, CHEAP), key=lambda finding: -finding.rank)
    return Standing(tuple(findings), alerts)
