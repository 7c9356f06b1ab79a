"""Mapping files in TOML: read and checked, every fault at once, unknown words with the nearest known one."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from app.ledger.checks import LOWERABLE
from app.ledger.encoding import is_known_encoding
from app.ledger.fields import FIELDS, Field, ItemKind, Kind
from app.ledger.mapping import (
    DEFAULT_EARLIEST,
    DEFAULT_LATEST,
    SEPARATORS,
    ColumnSpec,
    EscalateFrom,
    LedgerMapping,
    Part,
)

_TOP = ("source", "key", "as_of", "departments", "escalate_from", "dates", "columns", "state", "aliases", "checks")
_SOURCE = ("name", "kind", "encoding", "delimiter", "sheet", "header_row", "header_rows", "skip_rows", "currency")
_SOURCE_MORE = ("amount_unit", "date_formats", "external_source", "ignore_other_columns")
_COLUMN = ("column", "columns", "kind", "values", "split", "part", "sort", "unit", "formats", "empty", "vague")
_COLUMN_MORE = ("order", "scale", "optional")
_KINDS = ("text", "code", "date", "amount", "integer", "percent", "list", "choice")
_COMPATIBLE = {"text": {"text", "code", "choice"}, "code": {"code", "text"}, "choice": {"choice", "text", "code"}}
_ROWS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class MappingFault:
    """One fault of a mapping file: the place (`columns.budget.unit`) and a sentence in each language."""

    place: str
    zh: str
    en: str

    def render(self, lang: str = "zh") -> str:
        """Return the fault as one line."""
        return f"{self.place}：{self.zh}" if lang == "zh" else f"{self.place}: {self.en}"


class MappingError(ValueError):
    """A mapping file that cannot be used; `faults` lists all its faults."""

    def __init__(self, faults: Iterable[MappingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.render('zh')} / {fault.en}" for fault in self.faults))


def load_mapping(path: Path) -> LedgerMapping:
    """Return the mapping in a TOML file; raises MappingError with every fault."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError([MappingFault(path.name, "无法读取文件", "the file cannot be read")]) from error
    return parse_mapping(text)


def parse_mapping(text: str) -> LedgerMapping:
    """Return the mapping written in TOML; raises MappingError with every fault."""
    return _Parser(parse_toml(text)).parse()


def parse_toml(text: str) -> dict[str, Any]:
    """Return what a text of TOML holds; raises MappingError when it is none, or nests or counts beyond all measure."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        fault = MappingFault("TOML", "嵌套过深", "nested too deeply")
    except ValueError as error:  # a fault of syntax, or a whole number of thousands of digits
        fault = MappingFault(
            "TOML", f"语法错误（中文的键须加引号）：{error}", f"not TOML (keys that are not ASCII need quotes): {error}"
        )
    raise MappingError([fault])


def _fits_default(kind: Kind, value: object) -> bool:
    """Tell whether a default has its field's kind; an amount or a share is never the same for a whole file."""
    if kind in {"amount", "percent"}:
        return False
    if kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "list":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)


class _Parser:
    """Walks the document once and collects the faults on the way."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._faults: list[MappingFault] = []

    def parse(self) -> LedgerMapping:
        document = self._document
        self._know("", document, (*_TOP, "defaults"))
        source = self._table(document, "source", "")
        self._know("source", source, (*_SOURCE, *_SOURCE_MORE))
        kind = self._choice(source, "kind", "source", ("project", "task"), None)
        columns = self._columns(kind)
        dates = self._table(document, "dates", "")
        self._know("dates", dates, ("earliest", "latest"))
        checks = self._table(document, "checks", "")
        self._know("checks", checks, ("lower", "require"))
        mapping = LedgerMapping(
            name=self._text(source, "name", "source", required=True),
            kind=cast("ItemKind", kind),
            key=self._key(columns),
            columns=columns,
            encoding=self._encoding(source),
            delimiter=self._delimiter(source),
            sheet=self._text(source, "sheet", "source"),
            header_row=self._integer(source, "header_row", "source", 0),
            header_rows=self._integer(source, "header_rows", "source", 0),
            skip_rows=self._integer(source, "skip_rows", "source", 0),
            currency=self._currency(source),
            amount_unit=self._integer(source, "amount_unit", "source", 1, 10**9),
            date_formats=self._formats(source, "date_formats", "source"),
            earliest=self._date(dates, "earliest", DEFAULT_EARLIEST),
            latest=self._date(dates, "latest", DEFAULT_LATEST),
            external_source=self._text(source, "external_source", "source", required=True),
            departments=cast("Any", self._choice(document, "departments", "", ("create", "match"), "match")),
            aliases=self._texts_table(document, "aliases", ""),
            escalate_from=self._escalate_from(),
            lowered=frozenset(self._known_list(checks, "lower", "checks", sorted(LOWERABLE))),
            required=frozenset(self._known_list(checks, "require", "checks", list(FIELDS))),
            defaults=self._defaults(kind),
            ignore_other_columns=self._flag(source, "ignore_other_columns", "source"),
        )
        if self._faults:
            raise MappingError(self._faults)
        return mapping

    def _fault(self, place: str, zh: str, en: str) -> None:
        self._faults.append(MappingFault(place, zh, en))

    def _know(self, place: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
        """Report each key that nobody reads, with the nearest one that somebody does."""
        known = list(known)
        for key in table:
            if key not in known:
                path = f"{place}.{key}" if place else key
                near = difflib.get_close_matches(key, known, 1, 0.5)
                zh = f"未知的键，是否指 {near[0]}？" if near else f"未知的键，可用：{'、'.join(known)}"
                en = f"unknown key, did you mean {near[0]!r}?" if near else f"unknown key, known are {', '.join(known)}"
                self._fault(path, zh, en)

    def _typed(
        self, table: Mapping[str, Any], key: str, place: str, types: type | tuple[type, ...], zh: str, en: str
    ) -> Any:  # noqa: ANN401 TOML holds anything
        """Return the value when it has one of the types, else None and a fault."""
        if key not in table:
            return None
        value = table[key]
        fits = isinstance(value, types) and (types is bool or not isinstance(value, bool))
        if not fits:
            self._fault(f"{place}.{key}".lstrip("."), f"应为{zh}", f"{en} expected")
            return None
        return value

    def _table(self, table: Mapping[str, Any], key: str, place: str) -> dict[str, Any]:
        return self._typed(table, key, place, dict, "表", "a table") or {}

    def _text(self, table: Mapping[str, Any], key: str, place: str, *, required: bool = False) -> str:
        value = self._typed(table, key, place, str, "文字", "text")
        if required and key not in table:
            self._fault(f"{place}.{key}", "必填", "is required")
        return value or ""

    def _integer(self, table: Mapping[str, Any], key: str, place: str, default: int, most: int = _ROWS_MAX) -> int:
        value = self._typed(table, key, place, int, "整数", "a whole number")
        if value is not None and not default <= value <= most:
            self._fault(f"{place}.{key}", f"应在 {default} 到 {most} 之间", f"must lie between {default} and {most}")
        return default if value is None else value

    def _flag(self, table: Mapping[str, Any], key: str, place: str) -> bool:
        return bool(self._typed(table, key, place, bool, " true 或 false", "true or false"))

    def _choice(
        self, table: Mapping[str, Any], key: str, place: str, known: tuple[str, ...], default: str | None
    ) -> str:
        value = table.get(key, default)
        if value not in known:
            path = f"{place}.{key}".lstrip(".")
            self._fault(path, f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}")
            return known[0]
        return str(value)

    def _texts(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._fault(f"{place}.{key}".lstrip("."), "应为文字或文字列表", "text or a list of texts expected")
            return ()
        return tuple(value)

    def _texts_table(self, table: Mapping[str, Any], key: str, place: str) -> dict[str, str]:
        values = self._table(table, key, place)
        for raw, ours in values.items():
            if not isinstance(ours, str):
                self._fault(f"{place}.{key}.{raw}".lstrip("."), "应为文字", "text expected")
        return {raw: ours for raw, ours in values.items() if isinstance(ours, str)}

    def _known_list(self, table: Mapping[str, Any], key: str, place: str, known: list[str]) -> tuple[str, ...]:
        values = self._texts(table, key, place)
        self._know(f"{place}.{key}", dict.fromkeys(values), known)
        return values

    def _formats(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        formats = self._texts(table, key, place)
        for form in formats:
            if not all(any(code in form for code in codes) for codes in (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))):
                self._fault(f"{place}.{key}", f"“{form}”须含年、月、日", f"{form!r} must name year, month and day")
        return formats

    def _encoding(self, source: Mapping[str, Any]) -> str:
        named = self._text(source, "encoding", "source")
        if named and not is_known_encoding(named):
            self._fault("source.encoding", f"未知的编码“{named}”", f"unknown encoding {named!r}")
        return named

    def _delimiter(self, source: Mapping[str, Any]) -> str:
        named = self._text(source, "delimiter", "source")
        if len(named) > 1 or named in {'"', "\n", "\r"}:
            self._fault("source.delimiter", "应为一个字符", "must be one character")
        return named

    def _currency(self, source: Mapping[str, Any]) -> str:
        named = self._text(source, "currency", "source")
        if named and not (len(named) == 3 and named.isascii() and named.isupper()):  # noqa: PLR2004 ISO 4217
            self._fault("source.currency", "应为三个大写字母，如 CNY", "must be three capitals like CNY")
        return named

    def _date(self, dates: Mapping[str, Any], key: str, default: date) -> date:
        value = self._typed(dates, key, "dates", date, "日期", "a date")
        return default if value is None or isinstance(value, datetime) else cast("date", value)

    def _escalate_from(self) -> EscalateFrom:
        value = self._document.get("escalate_from", "import")
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return cast("EscalateFrom", self._choice(self._document, "escalate_from", "", ("source", "import"), "import"))

    def _key(self, columns: Mapping[str, ColumnSpec]) -> tuple[str, ...]:
        key = self._texts(self._document, "key", "")
        if not key:
            self._fault("key", "须列出组成编号的列", "must list the columns that make up the key")
        if "key" in columns:
            self._fault("columns.key", "编号由顶层的 key 指定", "the key is named by `key` at the top")
        return key

    def _columns(self, kind: str) -> dict[str, ColumnSpec]:
        table = self._table(self._document, "columns", "")
        if "as_of" in self._document:
            table = {**table, "as_of": self._document["as_of"]}
        ours = [name for name, field in FIELDS.items() if kind in field.items]
        self._know("columns", table, ours)
        if "title" not in table:
            self._fault("columns.title", "必填", "is required")
        columns = {name: self._column(FIELDS[name], value) for name, value in table.items() if name in ours}
        states = self._texts_table(self._document, "state", "")
        if states and "state" not in columns:
            self._fault("state", "columns.state 未指定列", "columns.state names no column")
        elif states:
            spec = columns["state"]
            columns["state"] = ColumnSpec(spec.field, spec.columns, "choice", states, empty=spec.empty)
        return columns

    def _column(self, field: Field, value: object) -> ColumnSpec:
        place = f"columns.{field.name}"
        table = {"column": value} if isinstance(value, str) else value
        if not isinstance(table, dict):
            self._fault(place, "应为列名或表", "a heading or a table expected")
            table = {}
        self._know(place, table, (*_COLUMN, *_COLUMN_MORE))
        names = self._texts(table, "columns", place) or self._texts(table, "column", place)
        if not names:
            self._fault(place, "未指定列", "names no column")
        kind = self._choice(table, "kind", place, _KINDS, field.kind)
        if kind != field.kind and kind not in _COMPATIBLE.get(field.kind, set()):
            self._fault(f"{place}.kind", f"此字段为 {field.kind}", f"this field is {field.kind}")
        unit = self._integer(table, "unit", place, 1, 10**9) if "unit" in table else None
        split = self._texts(table, "split", place) or (SEPARATORS if kind == "list" else ())
        return ColumnSpec(
            field=field,
            columns=names,
            kind=cast("Kind", kind),
            values=self._texts_table(table, "values", place),
            split=split,
            part=cast("Part", self._choice(table, "part", place, ("all", "first", "rest"), "all")),
            sort=self._flag(table, "sort", place),
            unit=unit,
            formats=self._formats(table, "formats", place),
            empty=self._texts(table, "empty", place),
            vague=self._texts(table, "vague", place),
            order=self._texts(table, "order", place),
            share=self._choice(table, "scale", place, ("pct", "share"), "pct") == "share",
            optional=self._flag(table, "optional", place),
        )

    def _defaults(self, kind: str) -> dict[str, object]:
        table = self._table(self._document, "defaults", "")
        ours = [name for name, field in FIELDS.items() if kind in field.items and name not in {"key", "title"}]
        self._know("defaults", table, ours)
        defaults: dict[str, object] = {}
        for name, value in table.items():
            if name not in ours:
                continue
            field = FIELDS[name]
            if not _fits_default(field.kind, value):
                self._fault(f"defaults.{name}", f"类型应为 {field.kind}", f"a value of kind {field.kind} expected")
            defaults[name] = tuple(value) if isinstance(value, list) else value
        return defaults
