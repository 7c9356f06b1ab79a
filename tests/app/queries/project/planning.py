"""A made-up project with two phases, and tasks in its stages; shared by the tests of its plan."""

from datetime import date
from typing import Any

from sqlalchemy import update

from app.models.item import Item, Phase, Project
from app.services.entering import NewItem
from tests.city import City

PHASE_ENDS = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))


def planned_project(city: City, **more: Any) -> int:  # noqa: ANN401  # City.project's options
    """Return a project whose phases end with March, June and September; the first one is entered."""
    project = city.project(**more)
    with city.database.writing() as session:
        for seq, end in enumerate(PHASE_ENDS, 1):
            session.execute(update(Phase).where(Phase.project_id == project, Phase.seq == seq).values(planned_on=end))
        session.execute(update(Project).where(Project.item_id == project).values(phase_seq=1))
    return project


def add_tasks(
    city: City,
    project: int,
    *tasks: tuple[str, date | None, str],
    lead: str = "TRA",
    **more: Any,  # noqa: ANN401  # NewItem's options
) -> list[int]:
    """Add tasks (title, due date, stage or "") below the project."""
    return city.enter(*(
        NewItem("task", title, city.departments[lead], parent_id=project, due_on=due_on,
                note={"stage": stage} if stage else {}, **more)
        for title, due_on, stage in tasks
    ))  # fmt: skip


def set_state(city: City, item_id: int, **values: Any) -> None:  # noqa: ANN401  # columns
    """Put an item as it shall stand, past all rules."""
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(**values))
