"""A plan's mapping: every fault at once, none of them guessed away."""

from pathlib import Path

import pytest

from app.edge.fund.planning import SHIPPED
from app.ledger.mapping_file import MappingError
from app.ledger.plan import read_plan
from app.ledger.plan_mapping import load_plan_mapping, parse_plan_mapping

GOOD = """
key = ["id"]
[source]
name = "x"
currency = "CNY"
[columns]
title = "t"
department = "d"
original = "o"
[amounts.city]
2026 = "a"
total = "b"
"""


def test_the_shipped_mappings_load() -> None:
    """Every file beside the handbook's mappings is one."""
    paths = sorted(SHIPPED.glob("*.toml"))
    assert [load_plan_mapping(path).currency for path in paths] == ["USD"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({'["id"]': '"id"'}, "key"),
        ({"key =": "keys ="}, "keys"),
        ({"[source]": "[sources]"}, "source"),
        ({'currency = "CNY"': 'amount_unit = 0\ncurrency = "CNY"'}, "source.amount_unit"),
        ({'currency = "CNY"': 'encoding = "utf-99"\ncurrency = "CNY"'}, "source.encoding"),
        ({'currency = "CNY"': 'delimiter = ";;"\ncurrency = "CNY"'}, "source.delimiter"),
        ({'currency = "CNY"': 'money = "CNY"'}, "source.money"),
        ({'original = "o"': ""}, "columns.original"),
        ({"[columns]": "[column]"}, "columns"),
        ({'title = "t"': 'titel = "t"'}, "columns.titel"),
        ({"amounts.city": "amounts.City"}, "amounts.City"),
        ({"[amounts.city]": "[amount.city]"}, "amounts"),
        ({"2026": "1926"}, "amounts.city.1926"),
        ({'2026 = "a"': "2026 = 1"}, "amounts.city.2026"),
        ({'total = "b"': ""}, "amounts.city"),
        ({'total = "b"': 'total = "b"\n[combined]\n2027 = "c"\ntotal = "e"'}, "amounts"),
        ({'total = "b"': 'total = "b"\n[amounts]\nother = 3'}, "amounts.other"),
        ({"[source]": "[source"}, "TOML"),
        ({'total = "b"': 'total = "b"\n[combined]'}, "combined"),
    ],
)
def test_each_fault_is_named(change: dict[str, str], place: str) -> None:
    """What is wrong is named by its place, in both languages."""
    assert parse_plan_mapping(GOOD).amounts == {"city": {"2026": "a", "total": "b"}}
    text = GOOD
    for old, new in change.items():
        text = text.replace(old, new)
    with pytest.raises(MappingError) as refused:
        parse_plan_mapping(text)
    assert place in {fault.place for fault in refused.value.faults}
    assert all(fault.zh and fault.en for fault in refused.value.faults)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A mapping or a plan that is not there is a fault, and nothing else."""
    with pytest.raises(MappingError):
        load_plan_mapping(tmp_path / "none.toml")
    mapping = parse_plan_mapping(GOOD)
    assert read_plan(tmp_path / "none.csv", mapping).findings.codes == {"unreadable_file": 1}
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert read_plan(bad, mapping).findings.refused
