"""One object or row of a source: its fields by name, typed; what has the wrong type is a fault with line and field."""

from collections.abc import Mapping
from typing import Any

from app.core.text import clean
from app.ledger.findings import Finding, Findings, Severity, shorten


class Reader:
    """Reads the fields of one object; `place` leads to it within its line, "Items[3]."."""

    def __init__(self, raw: Mapping[str, Any], line: int, sheet: str, findings: Findings, place: str = "") -> None:
        self._raw, self.line, self.sheet, self._findings, self.place = raw, line, sheet, findings, place

    def text(self, name: str | None, limit: int) -> str:
        """Return a text without blanks around it, "" when it is missing or empty; longer ones are a fault."""
        value = None if name is None else self._raw.get(name)
        if value is None or name is None:
            return ""
        if not isinstance(value, str):
            self.fault("wrong_type", name, str(value), "应为文字", "a text")
            return ""
        found = clean(value, newlines=True)
        if len(found) > limit:
            zh, en = f"最多 {limit} 个字符，现有 {len(found)} 个", f"at most {limit} characters, not {len(found)}"
            self.fault("too_long", name, found, zh, en)
        return found[:limit]

    def label(self, name: str) -> str:
        """Return a key: a text or a whole number; "" and a fault for anything else that is there."""
        value = self._raw.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            self.fault("wrong_type", name, str(value), "应为文字或整数", "a text or a whole number")
            return ""
        return "" if value is None else clean(str(value))

    def number(self, name: str) -> int:
        """Return a whole number, 0 when it is missing."""
        value = self._raw.get(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault("wrong_type", name, str(value), "应为整数", "a whole number")
            return 0
        return value

    def objects(self, name: str | None) -> list["Reader"]:
        """Return the objects of a list, none when it is missing."""
        value = None if name is None else self._raw.get(name)
        if value is None or name is None:
            return []
        if not isinstance(value, list):
            self.fault("wrong_type", name, str(value), "应为列表", "a list")
            return []
        found = []
        for number, one in enumerate(value, 1):
            if isinstance(one, Mapping):
                place = f"{self.place}{name}[{number}]."
                found.append(Reader(one, self.line, self.sheet, self._findings, place))
            else:
                self.fault("wrong_type", f"{name}[{number}]", str(one), "应为对象", "an object")
        return found

    def plain(self, without: str | None = None) -> dict[str, Any]:
        """Return the whole object as it stood, without one field that is kept elsewhere."""
        return {name: value for name, value in self._raw.items() if name != without}

    def fault(self, code: str, name: str, value: str, zh: str, en: str) -> None:
        """Refuse the file for what this field holds."""
        self._add("fault", code, name, value, zh, en)

    def flag(self, code: str, name: str, value: str, zh: str, en: str) -> None:
        """Remember something odd about this field that is taken all the same."""
        self._add("flag", code, name, value, zh, en)

    def _add(self, severity: Severity, code: str, name: str, value: str, zh: str, en: str) -> None:
        place = shorten(f"{self.place}{name}")
        self._findings.add(Finding(severity, code, zh, en, self.sheet, self.line, place, shorten(value)))
