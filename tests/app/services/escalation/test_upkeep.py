"""The night's upkeep forgets what is old and nothing else."""

from datetime import timedelta

from sqlalchemy import insert, select

from app.jobs.upkeep import upkeep_job
from app.models.escalation import Sweep
from app.models.record import Idempotency
from tests.city import NOW, City
from tests.sweeping import make_tools


def test_old_answers_and_empty_sweeps_are_forgotten(city: City) -> None:
    """DESIGN 1: answers are kept for 7 days; sweeps that did something are kept for good. Run twice, once enough."""
    with city.database.writing() as session:
        for days in (6, 8):
            session.execute(
                insert(Idempotency).values(
                    actor_id=city.people["office1"], key=f"k{days}", request_sha256="0" * 64, status=200, answer={},
                    created_at=NOW - timedelta(days=days),
                )
            )  # fmt: skip
        for days, raised in ((29, 0), (31, 0), (31, 1)):
            at = NOW - timedelta(days=days)
            session.execute(
                insert(Sweep).values(at=at, started_at=at, finished_at=at, raised=raised, faults=[], source="test")
            )
    first = upkeep_job(make_tools(city), NOW)
    second = upkeep_job(make_tools(city), NOW)
    assert first == "answers forgotten 1, empty sweeps forgotten 1"
    assert second == "answers forgotten 0, empty sweeps forgotten 0"
    with city.database.reading() as session:
        assert session.execute(select(Idempotency.key)).scalars().all() == ["k6"]
        assert len(session.execute(select(Sweep.id)).scalars().all()) == 2
