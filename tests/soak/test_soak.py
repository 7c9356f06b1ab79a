"""The soak: a simulated month (SOAK_DAYS for longer) with two schedulers, of which any is killed at any moment."""

import os
from pathlib import Path

from sqlalchemy import func, select

from app.models.escalation import Escalation
from app.models.item import Item
from tests.city import City
from tests.soak.driving import TICK, Drive
from tests.soak.judging import find_faults
from tests.sweeping import local

#: A month in `make test`; `make soak` runs a year.
DAYS = int(os.environ.get("SOAK_DAYS", "31"))
#: The first is the opening: what a day reaches is reached there.
HOURS = (9.0, 11.0, 16.5)


def test_no_rung_is_lost_doubled_or_late_and_nothing_waits_for_nobody(city: City, tmp_path: Path) -> None:
    """Each day is swept at its opening and while people work, whoever was killed; a rung is reached at opening."""
    taken = 0
    with Drive(city, tmp_path, local(2026, 3, 2, 8, 45), seed=20260302) as drive:
        drive.found()
        for day in range(DAYS):
            for hour in HOURS:
                drive.go_to(hour)
                taken += drive.let_people_act(4)
            if day % 2:
                drive.new_task(100 + day)
            drive.go_to(0.75, days=1)
            if day % 4 == 3 or day == DAYS - 1:
                assert find_faults(city, drive.now, TICK) == [], f"day {day}"
    with city.database.reading() as session:
        raised = session.execute(select(func.count()).select_from(Escalation)).scalar_one()
        slips = session.execute(select(func.count()).where(Item.kind == "slip")).scalar_one()
    # The city lived: people worked, things stalled, schedulers died.
    assert taken > DAYS
    assert raised > DAYS
    assert slips > 0
    assert drive.kills > DAYS // 10
