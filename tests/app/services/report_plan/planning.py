"""What tests of plans of reports share: a plan of the made-up city, the job at an instant, a quick paper."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event

from app.core.clock import FixedClock
from app.edge.context import Context, Unit
from app.edge.paperwork.kind import Ask, Filled, PaperKind
from app.jobs.reports import ReportRun, run_reports
from app.jobs.tools import Tools
from app.policy.people import Actor, find_actor
from app.services.act import Act
from app.services.long_work.kind import require_post
from app.services.recording import Acting
from app.services.report_plan.keeping import PlanDraft, found_plan
from reports.proof import Proof
from reports.wording import Lang, Text
from tests.city import NOW, City

DRAFT = PlanDraft(
    name="每月月报", kind="progress", scope_id=None, cadence="month", languages=("zh",), endings=("pdf",),
    day="workday:1", clock="08:30",
)  # fmt: skip


def make_act(session: Any, city: City, login: str = "office1", now: datetime = NOW) -> tuple[Act, Actor]:  # noqa: ANN401  # a session
    """Return what a write of the office takes along."""
    today = now.astimezone(city.book.zone).date()
    actor = find_actor(session.connection(), city.people[login], today, now)
    assert actor is not None
    held = actor.capacities[0] if actor.capacities else None
    return Act(session.connection(), Acting(actor.person_id, "office", held), now, today, "test"), actor


def make_plan(city: City, *, now: datetime = NOW, login: str = "office1", **more: Any) -> int:  # noqa: ANN401  # of a draft
    """Return the id of a plan: the progress report on the first working day at 08:30, with `more` otherwise."""
    with city.database.writing() as session:
        act, actor = make_act(session, city, login, now)
        return found_plan(act, actor, replace(DRAFT, **more))


def look_for_due(city: City, now: datetime) -> ReportRun:
    """Run the job at an instant."""
    return run_reports(Tools(city.database, city.book, FixedClock(now)), now)


@contextmanager
def count_all(engine: Engine) -> Iterator[list[str]]:
    """Note every statement that an engine executes."""
    noted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        noted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield noted
    event.remove(engine, "before_cursor_execute", note)


def make_paper(
    name: str = "made_up", *, fill: Callable[[Actor], Any] | None = None,
    draw: Callable[[Any, Lang], bytes] | None = None,
) -> PaperKind:  # fmt: skip
    """Return a kind of paper that needs no typesetting: of the whole city, a month, in every ending."""

    def read(context: Context, _unit: Unit, actor: Actor, ask: Ask, lang: Lang) -> Filled:
        data = "/".join((*actor.readers, str(ask.period), lang)) if fill is None else fill(actor)
        return Filled(data, context.now(), None, f"{name}-{ask.period}")

    def write(data: Any, lang: Lang, _proof: Proof | None) -> bytes:  # noqa: ANN401  # what `read` made
        return str(data).encode() if draw is None else draw(data, lang)

    return PaperKind(
        name=name, label=Text("样报", "Sample"), scope="city", period="month", template=1, allow=require_post,
        fill=read, draw={"pdf": write, "docx": write, "xlsx": write}, numbering=Text("样", "Sample"),
    )  # fmt: skip
