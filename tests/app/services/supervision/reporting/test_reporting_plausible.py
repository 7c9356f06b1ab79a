"""A report that takes progress back, or foresees a finish in the past, is asked about before it stands."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import InvalidError
from app.models.item import Task
from tests.city import NOW, City


def begin(city: City) -> int:
    """Return a task that stands at 68 %."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "start")
    city.do("tra_head", task, "report", {"text": "过半", "progress_pct": 68})
    return task


def read_pct(city: City, task: int) -> int | None:
    """Return the progress that stands."""
    with city.database.reading() as session:
        return session.execute(select(Task.progress_pct).where(Task.item_id == task)).scalar_one()


def test_less_than_last_time_wants_its_reason(city: City) -> None:
    """The fault names the field; with the reason it stands; the same or more is never asked about."""
    task = begin(city)
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "report", {"text": "更正", "progress_pct": 20})
    assert [fault.field for fault in caught.value.faults] == ["lower_reason"]
    assert "68%" in caught.value.faults[0].sentence.zh
    assert read_pct(city, task) == 68
    city.do("tra_head", task, "report", {"text": "更正", "progress_pct": 20, "lower_reason": "上次误填"})
    assert read_pct(city, task) == 20
    city.do("tra_head", task, "report", {"text": "恢复", "progress_pct": 20})


def test_a_finish_in_the_past_is_refused_beside_a_lower_progress(city: City) -> None:
    """Every fault at once; today itself may be foreseen."""
    task = begin(city)
    today = NOW.astimezone(city.book.zone).date()
    past = (today - timedelta(days=1)).isoformat()
    with pytest.raises(InvalidError) as caught:
        city.do("tra_head", task, "report", {"text": "更正", "progress_pct": 20, "forecast_on": past})
    assert {fault.field for fault in caught.value.faults} == {"lower_reason", "forecast_on"}
    city.do("tra_head", task, "report", {"text": "今天完成", "forecast_on": today.isoformat()})
