"""A plan of reports on the stage, and a report of it that somebody got."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from app.models.report_plan import ReportDelivery, ReportFile, ReportPlan, ReportPlanRun
from tests.app.services.report_plan.planning import make_plan
from tests.city import NOW, City


def add_plan(city: City) -> dict[str, Any]:
    """Return the id of a plan."""
    return {"plan_id": make_plan(city)}


def add_delivery(connection: Connection, person_id: int) -> dict[str, Any]:
    """Return the ids of a run that was made for a person alone, and of its file, whose bytes are gone."""
    plan = connection.execute(ReportPlan.__table__.select().with_only_columns(ReportPlan.id)).scalars().first()
    run_id = connection.execute(
        insert(ReportPlanRun)
        .values(
            plan_id=plan, period=str(1900 + person_id), due_at=NOW, entered_at=NOW, outcome="done", done_at=NOW
        )
        .returning(ReportPlanRun.id)
    ).scalar_one()  # fmt: skip
    file_id = connection.execute(
        insert(ReportFile)
        .values(
            run_id=run_id, lang="zh", ending="pdf", name="a.pdf", media_type="application/pdf", sha256="0" * 64,
            size_bytes=1,
        )
        .returning(ReportFile.id)
    ).scalar_one()  # fmt: skip
    connection.execute(insert(ReportDelivery).values(run_id=run_id, person_id=person_id, delivered_at=NOW))
    return {"run_id": run_id, "file_id": file_id}
