"""What was found in a file: faults refuse it, flags are imported, kept as raw text and shown, warnings stand out.

One finding names the sheet, the row as a spreadsheet counts it, the column, the value and what was
expected, in both languages.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.core.text import clean

Severity = Literal["fault", "warning", "flag"]

KEPT_MAX = 10_000
"""How many findings of one severity are kept word for word; the rest are counted."""

VALUE_MAX = 80

_WORDS: dict[Severity, str] = {"fault": "错误", "warning": "警告", "flag": "提示"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `row` is None for the file or sheet as a whole, `column` is the file's own heading."""

    severity: Severity
    code: str
    expected_zh: str
    expected_en: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def render(self, lang: str = "zh") -> str:
        """Return the finding as one line in `zh` or `en`."""
        if lang == "zh":
            place = [f"工作表“{self.sheet}”"] if self.sheet else []
            place += [f"第 {self.row} 行"] if self.row else []
            place += [f"“{self.column}”列"] if self.column else []
            value = f"“{self.value}”：" if self.value else ""
            word = _WORDS[self.severity]
            return f"{word} [{self.code}] {''.join(place)}{'：' if place else ''}{value}{self.expected_zh}"
        place = [f"sheet {self.sheet!r}"] if self.sheet else []
        place += [f"row {self.row}"] if self.row else []
        place += [f"column {self.column!r}"] if self.column else []
        value = f"{self.value!r}: " if self.value else ""
        return f"{self.severity} [{self.code}] {', '.join(place)}{': ' if place else ''}{value}{self.expected_en}"


def shorten(value: str) -> str:
    """Return a raw value on one line, without control characters, at most VALUE_MAX characters."""
    text = clean(value[: VALUE_MAX * 4])
    return text if len(text) <= VALUE_MAX else f"{text[: VALUE_MAX - 1]}…"


class Findings:
    """The findings of one file in the order of finding, each once; beyond KEPT_MAX they are counted only."""

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._kept_max = kept_max
        self._kept: list[Finding] = []
        self._seen: set[Finding] = set()
        self._severities: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Take in a finding; the same one twice counts once."""
        if finding in self._seen:
            return
        self._severities[finding.severity] += 1
        self.codes[finding.code] += 1
        if self._severities[finding.severity] <= self._kept_max:
            self._seen.add(finding)
            self._kept.append(finding)

    def extend(self, findings: "Findings") -> None:
        """Take in all findings of another collection."""
        for finding in findings:
            self.add(finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._kept)

    def __len__(self) -> int:
        return self._severities.total()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The kept findings that refuse the file."""
        return tuple(finding for finding in self._kept if finding.severity == "fault")

    @property
    def flags(self) -> tuple[Finding, ...]:
        """The kept findings that are imported and shown, warnings first."""
        kept = [finding for finding in self._kept if finding.severity != "fault"]
        return tuple(sorted(kept, key=lambda finding: finding.severity != "warning"))

    @property
    def refused(self) -> bool:
        """Whether there is a fault: nothing of the file may be imported."""
        return self._severities["fault"] > 0

    @property
    def left_out(self) -> int:
        """How many findings were counted and not kept."""
        return len(self) - len(self._kept)

    def lines(self, lang: str = "zh") -> list[str]:
        """Return all kept findings, one line each, faults first; a last line counts what was left out."""
        lines = [finding.render(lang) for finding in (*self.faults, *self.flags)]
        if self.left_out:
            more = f"另有 {self.left_out} 条未列出" if lang == "zh" else f"{self.left_out} more not listed"
            lines.append(more)
        return lines
