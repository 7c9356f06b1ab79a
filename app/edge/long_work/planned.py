"""A run of a plan as long work: made as the office reads without confidential items, kept, handed to its recipients.

The files' rows, the messages that are owed and "done" are committed together, so a run is handed out once or not at
all, however often its process dies. What is to be issued is issued first, which done twice gives the same paper.
"""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context, Unit
from app.edge.long_work.paper import read_job
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.issuing import issue_paper
from app.edge.report_centre.choosing import BY_STEP
from app.edge.report_centre.making import MEDIA_TYPES, Job, draw_all, fill_all, naming, store
from app.policy.handing_out import read_for_others
from app.policy.people import Actor
from app.queries.paperwork.issued import Sight, find_paper, list_files
from app.services.long_work.kind import PLANNED, Kind, Outcome, Running
from app.services.report_plan.delivering import NewFile, RunPlan, begin_run, hand_out
from app.services.report_plan.keeping import require_office

_BY_PLAN = Sentence("由报告计划生成，请到计划页面操作。", "It is made by a plan; use the plan's page.")


def make_planned_kind(context: Context) -> Kind:
    """Return the kind `planned_paper`; arguments: run (its id). Only plans ask for it."""

    def run(running: Running) -> Outcome | None:
        return _run(context, running)

    return Kind(PLANNED, _require_office, _refuse, run)


def _require_office(actor: Actor) -> None:
    require_office(actor)


def _refuse(_given: Mapping[str, Any]) -> dict[str, Any]:
    raise InvalidError([Fault("kind", _BY_PLAN)])


def _run(context: Context, running: Running) -> Outcome | None:
    work = running.work
    run = context.database.write(lambda unit: begin_run(unit, int(work.arguments["run"]), work.id))
    kind = PAPERS.get(run.kind)
    job = read_job({
        "kind": run.kind, "scope": run.scope_id, "languages": run.languages, "endings": run.endings,
        "period": run.period if kind is not None and kind.period != "none" else None,
    })  # fmt: skip
    if job.kind.find_waiting is not None:  # a plan of earlier versions
        raise InvalidError([Fault("kind", BY_STEP)])
    running.tell(0, job.steps)
    files = _issue(context, running, run, job) if run.is_issued and not job.kind.items else _make(context, running, job)
    label = {"zh": job.kind.label.zh, "en": job.kind.label.en}

    def write(unit: Unit) -> None:
        told = hand_out(unit, run, files, label, context.now(), context.today())
        running.finish(unit, Outcome({"files": [one.name for one in files], "recipients": told, "run": run.run_id}))

    context.database.write(write)
    return None


def _make(context: Context, running: Running, job: Job) -> list[NewFile]:
    """Return the files of a working copy."""
    files = []
    reader = read_for_others(running.actor)
    filled = fill_all(context, reader, job)
    for one in draw_all(context, reader, job, filled, running.tell):
        sha256, size = store(context, one.content)
        files.append(NewFile(one.lang, one.ending, one.name, MEDIA_TYPES[one.ending], sha256, size))
    return files


def _issue(context: Context, running: Running, run: RunPlan, job: Job) -> list[NewFile]:
    """Issue the paper and return those of its files that the plan wants; issued before, it is the same paper."""
    with naming(job.kind, None, None):
        issued = issue_paper(context, running.actor.person_id, run.kind, job.ask, source="work")
    running.tell(job.steps, job.steps)
    with context.database.reading() as unit:
        number = find_paper(unit.connection(), Sight((), is_whole=True), issued.paper_id).number
        found = list_files(unit.connection(), [issued.paper_id])[issued.paper_id]
    return [
        NewFile(one.lang, one.ending, one.file_name, MEDIA_TYPES[one.ending], one.sha256, one.size_bytes, number)
        for one in found
        if one.lang in job.languages and one.ending in job.endings
    ]
