"""The papers of the report centre as long work: one work a choice, several languages and endings in one ZIP.

One work, because a paper is one thing to wait for, to take back and to repeat, and because all its files are then read
at one moment. The kind `report` of earlier versions (month, lang) is the same work under its old name.
"""

from collections.abc import Mapping
from typing import Any, cast

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask
from app.edge.paperwork.periods import list_report_months
from app.edge.reading import log_reading_of
from app.edge.report_centre.choosing import read_choice
from app.edge.report_centre.making import MEDIA_TYPES, Job, draw_all, fill_all, pack, store
from app.policy.people import Actor
from app.services.long_work.kind import Kind, MadeFile, Outcome, Running, require_post

KIND = "paper"
#: Papers that were asked for, under the present and the earlier name of their kind.
KINDS = (KIND, "report")
_UNUSED = Sentence("这种报告已停用，请重新选择。", "There is no such kind of report any more; choose again.")


def make_paper_kind(context: Context) -> Kind:
    """Return the kind `paper`; arguments: kind, scope, period, languages, endings (`read_choice`)."""

    def run(running: Running) -> Outcome:
        return _run(context, running)

    return Kind(
        KIND, require_post, dict, run, read=lambda actor, given: read_paper(context, actor, given), admit=_admit
    )


def make_old_report_kind(context: Context) -> Kind:
    """Return the kind `report` of earlier versions: its works that still wait are done, its files are handed out."""

    def check(given: Mapping[str, Any]) -> dict[str, Any]:
        return check_old_report(context, given)

    def run(running: Running) -> Outcome:
        return _run(context, running)

    return Kind("report", require_post, check, run)


def read_paper(context: Context, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a paper as they are kept; as `read_choice`."""
    with context.database.reading() as unit:
        choice = read_choice(context, unit, actor, given)
    return {
        "kind": choice.kind.name, "scope": choice.scope_id, "period": choice.period,
        "languages": list(choice.languages), "endings": list(choice.endings),
        "title": {"zh": choice.title.zh, "en": choice.title.en},
    }  # fmt: skip


def check_old_report(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments month and lang of earlier versions; InvalidError with every fault."""
    months, faults = list_report_months(context), []
    month, lang = given.get("month"), given.get("lang", "zh")
    if month not in months:
        said = Sentence(
            f"请选择有数据的月份，{months[-1]}至{months[0]}。",
            f"Choose a month with data, {months[-1]} to {months[0]}.",
        )
        faults.append(Fault("month", said))
    if lang not in ("zh", "en"):
        faults.append(Fault("lang", Sentence("应为zh或en。", "expected zh or en.")))
    faults += [
        Fault(str(name), Sentence("不认识此项，可填：month, lang。", "Not known here; known are: month, lang."))
        for name in given if name not in ("month", "lang")
    ]  # fmt: skip
    if faults:
        raise InvalidError(faults)
    return {"month": month, "lang": lang}


def translate_old_report(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the choice that the arguments month and lang of earlier versions stand for."""
    return {
        "kind": "progress", "scope": None, "period": arguments["month"], "languages": [arguments["lang"]],
        "endings": ["pdf"],
    }  # fmt: skip


def _admit(actor: Actor, arguments: Mapping[str, Any]) -> None:
    """Refuse whoever may not have papers of this kind any more; asked when it runs and when its file is fetched."""
    kind = PAPERS.get(str(arguments.get("kind")))
    if kind is not None:
        kind.allow(actor)


def _run(context: Context, running: Running) -> Outcome:
    arguments = running.work.arguments
    if running.work.kind != KIND:
        arguments = translate_old_report(arguments)
    job = read_job(arguments)
    running.tell(0, job.steps)
    filled = fill_all(context, running.actor, job)
    if job.kind.items and job.ask.scope_id is not None:
        log_reading_of(context, running.actor, job.ask.scope_id, source="work")
    made = list(draw_all(context, running.actor, job, filled, running.tell))
    if len(made) == 1:
        name, content, media_type = made[0].name, made[0].content, MEDIA_TYPES[made[0].ending]
    else:
        name = f"{made[0].name.removesuffix(f'-{made[0].lang}.{made[0].ending}')}.zip"
        content, media_type = pack(made), MEDIA_TYPES["zip"]
    sha256, size = store(context, content)
    running.tell(job.steps, job.steps)
    return Outcome({"bytes": size, "files": [one.name for one in made]}, MadeFile(sha256, name, media_type))


def read_job(arguments: Mapping[str, Any]) -> Job:
    """Return what kept arguments ask for; InvalidError when its kind is no more."""
    kind = PAPERS.get(str(arguments["kind"]))
    endings = tuple(one for one in arguments["endings"] if kind is not None and one in kind.draw)
    if kind is None or not endings:
        raise InvalidError([Fault("kind", _UNUSED)])
    languages = tuple(arguments["languages"])
    return Job(kind, Ask(arguments["scope"], arguments["period"]), languages, cast("Any", endings))
