"""The issue of a paper of the city, a department or a fund, or its correction, as long work of the office."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.edge.context import Context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.issuing import REASON_MAX, issue_paper
from app.edge.paperwork.kind import Ask
from app.edge.paperwork.periods import check_ended, check_issued_scope
from app.policy.people import Actor
from app.services.long_work.kind import Kind, Outcome, Running
from workflows.roles import Duty

KIND = "issue_paper"
_NAMES = ("kind", "scope", "period", "replaces", "reason")
_ID_MAX = 2**63
_PERIOD_MAX = 7
_OFFICE_ONLY = Sentence("文件由协调办签发。", "Papers are issued by the coordination office.")
_NO_KIND = Sentence("没有这种可签发的文件。", "There is no such paper that the office issues.")
_UNKNOWN = Sentence(
    "不认识此项，可填：kind, scope, period, replaces, reason。",
    "Not known here; known are: kind, scope, period, replaces, reason.",
)


def list_issuable() -> list[str]:
    """Return the kinds of papers that the office issues on purpose; the others are issued by a step of an item."""
    return [kind.name for kind in PAPERS.values() if not kind.items]


def make_issue_kind(context: Context) -> Kind:
    """Return the kind `issue_paper`; arguments: kind, scope, period as the paper's kind needs, replaces with reason."""

    def run(running: Running) -> Outcome:
        return _run(context, running)

    def check(given: Mapping[str, Any]) -> dict[str, Any]:
        return check_issue(context, given)

    return Kind(KIND, _require_office, check, run)


def _require_office(actor: Actor) -> None:
    if not actor.has(Duty.OFFICE):
        raise ForbiddenError("office_only", _OFFICE_ONLY)


def check_issue(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an issue; InvalidError with every fault, also for what could not be issued now."""
    faults = []
    if given.get("kind") not in list_issuable():
        faults.append(Fault("kind", _NO_KIND))
    period = given.get("period")
    if period is not None and (not isinstance(period, str) or len(period) > _PERIOD_MAX):
        faults.append(Fault("period", Sentence("应为YYYY-MM或YYYY。", "expected YYYY-MM or YYYY.")))
    for name in ("scope", "replaces"):
        value = given.get(name)
        is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value < _ID_MAX
        if value is not None and not is_id:
            faults.append(Fault(name, Sentence("应为编号。", "expected an id.")))
    reason = given.get("reason") or ""
    is_said = isinstance(reason, str) and 1 <= len(reason.strip()) <= REASON_MAX
    if (given.get("replaces") is not None) != bool(reason) or (reason and not is_said):
        said = Sentence(
            f"更正须写明原因，最多{REASON_MAX}字；首次签发不写。",
            f"A correction says why, in at most {REASON_MAX} characters; a first issue does not.",
        )
        faults.append(Fault("reason", said))
    faults += [Fault(str(name), _UNKNOWN) for name in given if name not in _NAMES]
    faults = faults or _check_subject(context, given)
    if faults:
        raise InvalidError(faults)
    return {name: given.get(name) for name in _NAMES}


def _check_subject(context: Context, given: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with scope and period; what is corrected was issued, so its period had ended."""
    kind, ask = PAPERS[given["kind"]], Ask(given.get("scope"), given.get("period"))
    with context.database.reading() as unit:
        faults = check_issued_scope(unit, kind, ask)
        return faults if given.get("replaces") is not None else [*faults, *check_ended(context, unit, kind, ask)]


def _run(context: Context, running: Running) -> Outcome:
    arguments = running.work.arguments
    running.tell(0, 1)
    issued = issue_paper(
        context, running.actor.person_id, str(arguments["kind"]), Ask(arguments["scope"], arguments["period"]),
        replaces=arguments["replaces"], reason=str(arguments["reason"] or ""), source="work",
    )  # fmt: skip
    running.tell(1, 1)
    return Outcome({"paper": issued.paper_id, "is_new": issued.is_new})
