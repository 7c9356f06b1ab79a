"""A ledger import as long work: everything in one unit of work, the end of the work itself included.

So an import happens once or not at all, however often its process dies: the ledger's rows and "done" are committed
together, and a claim that was lost meanwhile takes everything back. A dry run writes nothing.
"""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.edge.attachment import open_store
from app.edge.context import Context, Unit
from app.edge.ledger import ENDINGS, find_mapping, list_shipped_mappings
from app.ledger.findings import Finding, Findings
from app.ledger.read import read_ledger_bytes
from app.ledger.rows import Ledger
from app.policy.people import Actor
from app.services.ledger.importing import ImportReport, import_ledger
from app.services.long_work.kind import Kind, Outcome, Running
from app.services.recording import Acting
from workflows.roles import Duty

ROW_KINDS = ("task", "project")
#: Findings that a work keeps word for word.
FINDINGS_MAX = 200
_NAMES = ("mapping", "row_kind", "dry_run", "file_name", "has_input")
_KEEPERS_ONLY = Sentence(
    "台账由协调办公室或系统管理员导入。", "Ledgers are imported by the coordination office or administrators."
)
_GONE = Sentence("上传的文件已清除，请重新上传。", "The file has been removed meanwhile; send it again.")


def make_import_kind(context: Context) -> Kind:
    """Return the kind `import`; arguments: mapping, row_kind, dry_run, file_name; the file is the work's input."""

    def run(running: Running) -> Outcome | None:
        return _run(context, running)

    return Kind("import", require_importer, check_import, run)


def require_importer(actor: Actor) -> None:
    """Raise ForbiddenError for whoever may not import a ledger."""
    if not actor.has(Duty.OFFICE, Duty.ADMIN):
        raise ForbiddenError("importers_only", _KEEPERS_ONLY)


def check_import(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an import; InvalidError with every fault."""
    faults = []
    mapping, row_kind = str(given.get("mapping") or ""), given.get("row_kind") or "task"
    name = str(given.get("file_name") or "")
    if mapping and mapping not in list_shipped_mappings():
        known = "、".join(list_shipped_mappings())
        said = Sentence(f"没有这个映射，可选：{known}。", f"No such mapping; there are: {known}.")
        faults.append(Fault("mapping", said))
    if row_kind not in ROW_KINDS:
        faults.append(Fault("row_kind", Sentence("应为task或project。", "expected task or project.")))
    if not given.get("has_input"):
        faults.append(Fault("file", Sentence("请选择要上传的文件。", "Choose a file.")))
    elif name.rpartition(".")[2].lower() not in ENDINGS:
        faults.append(Fault("file", Sentence("请上传.csv或.xlsx文件。", "Send a file that ends in .csv or .xlsx.")))
    faults += [Fault(str(key), Sentence("不认识此项。", "Not known here.")) for key in given if key not in _NAMES]
    if faults:
        raise InvalidError(faults)
    return {
        "mapping": mapping, "row_kind": row_kind, "dry_run": bool(given.get("dry_run", True)), "file_name": name,
        "has_input": True,
    }  # fmt: skip


def _run(context: Context, running: Running) -> Outcome | None:
    work, arguments = running.work, running.work.arguments
    if work.input_sha256 is None:
        raise NotFoundError(_GONE.zh, _GONE.en)
    try:
        with open_store(context).open(work.input_sha256) as stream:
            data = stream.read()
    except FileNotFoundError:
        raise NotFoundError(_GONE.zh, _GONE.en) from None
    mapping = find_mapping(arguments["mapping"] or None, arguments["row_kind"])
    ledger = read_ledger_bytes(data, mapping)
    total = len(ledger.snapshots)
    running.tell(0, total)
    is_dry_run = bool(arguments["dry_run"])

    def write(unit: Unit) -> ImportReport:
        report = _import(context, running, unit, ledger, is_dry_run=is_dry_run)
        if report.refused and not is_dry_run:
            raise InvalidError(_list_faults(report.findings), code="ledger_refused")
        running.tell(total, total)
        if not is_dry_run:
            running.finish(unit, Outcome(_sum_up(report)))
        return report

    report = context.database.write(write)
    return Outcome(_sum_up(report)) if is_dry_run else None


def _import(context: Context, running: Running, unit: Unit, ledger: Ledger, *, is_dry_run: bool) -> ImportReport:
    actor = running.actor
    held = next((one for one in actor.general if one.duty in (Duty.OFFICE, Duty.ADMIN)), None)
    acting = Acting(actor.person_id, held.duty.value if held else "self", held)
    return import_ledger(
        unit, context.book, acting, context.now(), ledger, file_name=str(running.work.arguments["file_name"]),
        sha256=str(running.work.input_sha256), dry_run=is_dry_run, source="work", progress=running.tell,
    )  # fmt: skip


def _sum_up(report: ImportReport) -> dict[str, Any]:
    """Return an import's report as plain values."""
    counts = {name: getattr(report, name) for name in ("rows", "created", "updated", "unchanged", "snapshots", "flags")}
    shown = [*report.findings.faults, *report.findings.flags][:FINDINGS_MAX]
    return {
        **counts,
        "dry_run": report.is_dry_run,
        "refused": report.refused,
        "departments_created": list(report.departments_created),
        "notices": [{"zh": one.zh, "en": one.en} for one in report.notices],
        "findings": [_show(one) for one in shown],
        "findings_left_out": len(report.findings) - len(shown),
    }


def _show(finding: Finding) -> dict[str, str]:
    return {
        "severity": finding.severity, "code": finding.code, "zh": finding.render("zh"), "en": finding.render("en"),
    }  # fmt: skip


def _list_faults(findings: Findings) -> list[Fault]:
    shown = findings.faults[:FINDINGS_MAX]
    faults = [Fault("file", Sentence(one.render("zh"), one.render("en"))) for one in shown]
    more = len(findings.faults) - len(shown)
    if more:
        faults.append(Fault("file", Sentence(f"另有{more}处错误未列出。", f"{more} more faults are not listed.")))
    return faults
