"""A plan's mapping in TOML: which columns hold the money of several years, by who pays, and in which unit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.ledger.encoding import is_known_encoding
from app.ledger.mapping_file import MappingError, MappingFault, parse_toml

TOTAL = "total"
_PERIOD = re.compile(r"prior|rest|20\d\d")
_SOURCE = re.compile(r"[a-z][a-z0-9_]{0,19}")
_TOP = ("key", "source", "columns", "amounts", "combined")
_FILE = ("name", "encoding", "delimiter", "currency", "amount_unit")
_COLUMNS = ("title", "department", "original")
_UNIT_MAX = 10**9


@dataclass(frozen=True)
class PlanMapping:
    """A plan's mapping, checked. `amounts` is {who pays: {period or `total`: heading}}, `combined` the same of all.

    Periods are `prior`, a year, `rest`; `amount_unit` is how many of the currency one of the file's units is.
    """

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    amounts: Mapping[str, Mapping[str, str]]
    combined: Mapping[str, str]
    encoding: str
    delimiter: str
    currency: str
    amount_unit: int

    @property
    def headings(self) -> list[str]:
        """All headings that the file must have."""
        groups = (*self.amounts.values(), self.combined)
        return list(dict.fromkeys([*self.key, *self.columns.values(), *(h for one in groups for h in one.values())]))


def load_plan_mapping(path: Path) -> PlanMapping:
    """Return the mapping in a TOML file; raises MappingError with every fault."""
    try:
        return parse_plan_mapping(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError([MappingFault(path.name, "无法读取文件", "the file cannot be read")]) from error


def parse_plan_mapping(text: str) -> PlanMapping:
    """Return the mapping written in TOML; raises MappingError with every fault."""
    document = parse_toml(text)
    faults = list(_find_faults(document))
    if faults:
        raise MappingError(faults)
    source = document["source"]
    return PlanMapping(
        name=source["name"],
        key=tuple(document["key"]),
        columns=document["columns"],
        amounts=document["amounts"],
        combined=document.get("combined", {}),
        encoding=source.get("encoding", ""),
        delimiter=source.get("delimiter", ""),
        currency=source["currency"],
        amount_unit=source.get("amount_unit", 1),
    )


def _find_faults(document: Mapping[str, Any]) -> list[MappingFault]:
    faults = [MappingFault(name, "未知的键", "unknown key") for name in document if name not in _TOP]
    key = document.get("key")
    if not isinstance(key, list) or not key or not all(isinstance(one, str) for one in key):
        faults.append(MappingFault("key", "须列出组成编号的列", "must list the columns that make up the key"))
    faults += _check_source(document.get("source"))
    faults += _check_texts("columns", document.get("columns"), _COLUMNS)
    amounts = document.get("amounts")
    if not isinstance(amounts, dict) or not amounts:
        faults.append(MappingFault("amounts", "须有金额列", "must name the columns with money"))
        return faults
    for name, columns in amounts.items():
        place = f"amounts.{name}"
        if not _SOURCE.fullmatch(name):
            faults.append(MappingFault(place, "应为小写字母开头的名称", "a name in small letters"))
        faults += _check_periods(place, columns)
    if "combined" in document:
        faults += _check_periods("combined", document["combined"])
    periods = [set(one) for one in (*amounts.values(), document.get("combined")) if isinstance(one, dict)]
    if any(one != periods[0] for one in periods):
        faults.append(MappingFault("amounts", "各来源的期间须相同", "every source has the same periods"))
    return faults


def _check_source(source: object) -> list[MappingFault]:
    if not isinstance(source, dict):
        return [MappingFault("source", "必填", "is required")]
    faults = [MappingFault(f"source.{name}", "未知的键", "unknown key") for name in source if name not in _FILE]
    texts = [source.get("name"), source.get("currency")]
    if not all(isinstance(one, str) and one for one in texts):
        faults.append(MappingFault("source", "须有 name 和 currency", "name and currency are required"))
    unit = source.get("amount_unit", 1)
    if isinstance(unit, bool) or not isinstance(unit, int) or not 1 <= unit <= _UNIT_MAX:
        faults.append(MappingFault("source.amount_unit", "应为正整数", "a whole number above zero"))
    encoding, delimiter = source.get("encoding", ""), source.get("delimiter", "")
    if not isinstance(encoding, str) or (encoding and not is_known_encoding(encoding)):
        faults.append(MappingFault("source.encoding", "未知的编码", "unknown encoding"))
    if not isinstance(delimiter, str) or len(delimiter) > 1 or delimiter in {'"', "\n", "\r"}:
        faults.append(MappingFault("source.delimiter", "应为一个字符", "must be one character"))
    return faults


def _check_texts(place: str, table: object, names: tuple[str, ...]) -> list[MappingFault]:
    if not isinstance(table, dict):
        return [MappingFault(place, "必填", "is required")]
    faults = [MappingFault(f"{place}.{name}", "未知的键", "unknown key") for name in table if name not in names]
    faults += [
        MappingFault(f"{place}.{name}", "应为列名", "a heading expected")
        for name in names
        if not isinstance(table.get(name), str)
    ]
    return faults


def _check_periods(place: str, columns: object) -> list[MappingFault]:
    if not isinstance(columns, dict) or not columns:
        return [MappingFault(place, "应为期间与列名的表", "a table of periods and headings expected")]
    faults = []
    for period, heading in columns.items():
        if period != TOTAL and not _PERIOD.fullmatch(period):
            faults.append(MappingFault(f"{place}.{period}", "应为 prior、年份、rest 或 total", "prior, a year or rest"))
        if not isinstance(heading, str):
            faults.append(MappingFault(f"{place}.{period}", "应为列名", "a heading expected"))
    if TOTAL not in columns or len(columns) == 1:
        faults.append(MappingFault(place, "须有 total 和至少一个期间", "a total and at least one period are required"))
    return faults
