"""Checks across the cells of a row, the rows of a ledger, and the departments that the city knows."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.core.text import fold
from app.ledger.checks import severity_of
from app.ledger.fields import FIELDS
from app.ledger.findings import Finding, Findings, shorten
from app.ledger.mapping import LedgerMapping
from app.ledger.rows import Ledger, LedgerRow

Heading = Callable[[str], str]


def check_row(row: LedgerRow, mapping: LedgerMapping, findings: Findings, heading: Heading) -> None:
    """Report what the cells of a row say about each other."""

    def add(code: str, name: str, value: object, zh: str, en: str) -> None:
        severity = severity_of(code, mapping.lowered)
        findings.add(Finding(severity, code, zh, en, row.sheet, row.row, heading(name), shorten(str(value))))

    required = mapping.required | ({"as_of"} if "as_of" in mapping.columns and not mapping.own else set())
    for name in sorted(required):
        if not getattr(row, FIELDS[name].attribute) and FIELDS[name].attribute not in row.raw:
            add("missing_required", name, "", "必填", "a value, the cell is empty")
    if row.as_of and row.forecast_on and row.forecast_on < row.as_of and row.state != "closed":
        add("forecast_before_report", "forecast_on", row.forecast_on, "早于报告日期", "a date after the reporting date")
    for name in ("due_on", "forecast_on"):
        end = getattr(row, name)
        if row.start_on and end and end < row.start_on:
            add("dates_reversed", name, end, f"早于开始日期 {row.start_on}", f"a date after the start, {row.start_on}")


def check_ledger(rows: Sequence[LedgerRow], mapping: LedgerMapping, findings: Findings, key_heading: str) -> None:
    """Report doubled keys, phases that went back and items that contain themselves."""
    _check_keys(rows, mapping, findings, key_heading)
    _check_phases(rows, mapping, findings)
    _check_circles(rows, findings)


def _check_keys(rows: Sequence[LedgerRow], mapping: LedgerMapping, findings: Findings, heading: str) -> None:
    seen: dict[tuple[str, str, date | None], int] = {}
    firsts: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        before = seen.setdefault((row.kind, row.key, row.as_of), row.row)
        if before != row.row:
            zh, en = f"编号与第 {before} 行重复", f"a key of its own; row {before} has it already"
            findings.add(Finding("fault", "duplicate_key", zh, en, row.sheet, row.row, heading, shorten(row.key)))
        if len(mapping.key) > 1:
            first = row.key.replace("\\\\", "\x00").replace("\\|", "\x01").partition("|")[0]
            key, number = firsts.setdefault((row.kind, first), (row.key, row.row))
            if key != row.key:
                zh = f"首列编号与第 {number} 行相同，按完整编号分开保留"
                en = f"a first key column of its own; row {number} has it too, both are kept by the full key"
                findings.add(
                    Finding("flag", "duplicate_first_key", zh, en, row.sheet, row.row, heading, shorten(row.key))
                )


def _check_phases(rows: Sequence[LedgerRow], mapping: LedgerMapping, findings: Findings) -> None:
    spec = mapping.columns.get("phase")
    if spec is None or not spec.order:
        return
    ranks = {phase: rank for rank, phase in enumerate(spec.order)}
    reached: dict[str, tuple[int, str]] = {}
    for row in sorted(rows, key=lambda row: row.as_of or date.min):
        rank = ranks.get(row.phase or "")
        if rank is None or row.phase is None:
            continue
        before, phase = reached.get(row.key, (rank, row.phase))
        if rank < before:
            zh, en = f"阶段倒退，上次为“{phase}”", f"a phase not before {phase!r}, reported earlier"
            findings.add(Finding("flag", "phase_regression", zh, en, row.sheet, row.row, spec.columns[0], row.phase))
        reached[row.key] = (rank, row.phase)


def _check_circles(rows: Sequence[LedgerRow], findings: Findings) -> None:
    """Report items that stand below themselves, with the chain."""
    parents = {row.key: row.project_key for row in rows if row.project_key}
    done: set[str] = set()
    for row in rows:
        chain: list[str] = []
        key: str | None = row.key
        while key is not None and key not in done and key not in chain:
            chain.append(key)
            key = parents.get(key)
        if key in chain:
            shown = " → ".join([*chain[chain.index(key) :], key])
            findings.add(
                Finding(
                    "fault",
                    "circular_link",
                    f"循环从属：{shown}",
                    f"an item that is not below itself: {shown}",
                    row.sheet,
                    row.row,
                    FIELDS["project_key"].headings[0],
                    shorten(row.project_key or ""),
                )
            )
        done.update(chain)


def check_departments(ledger: Ledger, known: Mapping[str, str]) -> Findings:
    """Report the departments that the city does not know; `known` maps folded names, codes and old names to a code.

    Nothing is reported when the mapping creates departments. A near name is offered, never taken.
    """
    findings = Findings()
    if ledger.mapping.departments == "create":
        return findings
    severity = severity_of("unknown_department", ledger.mapping.lowered)
    nearest: dict[str, str] = {}
    for row in ledger.rows:
        for name, values in (("lead", [row.lead] if row.lead else []), ("supports", list(row.supports))):
            for value in values:
                if fold(value) in known:
                    continue
                if value not in nearest:
                    nearest[value] = "".join(difflib.get_close_matches(fold(value), known, 1, 0.6))
                near = nearest[value]
                zh = f"未知的单位{f'，是否指“{near}”？' if near else ''}"
                en = f"a known department{f', perhaps {near!r}?' if near else ''}"
                column = ledger.columns.get(name, FIELDS[name].headings[0])
                findings.add(
                    Finding(severity, "unknown_department", zh, en, row.sheet, row.row, column, shorten(value))
                )
    return findings
