"""ASVS 15.1.1 and 15.2.1: the times of docs/security.md, and what of a bill of materials is past them."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from scripts.deploy.bill import make_bill
from scripts.deploy.lock import LOCK, ROOT, read_lock
from scripts.deploy.overdue import DAYS, find_weaknesses, main, read_parts

PARTS = {"flask": "3.0.0", "pillow": "10.1.0"}


def advise(name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of any kind
    """Return an advisory about flask in OSV's form."""
    affected = {"package": {"ecosystem": "PyPI", "name": "Flask"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": name, "published": "2026-03-01T10:00:00Z", "affected": [affected], **more}


def severity(word: str) -> dict[str, Any]:
    """Return how an advisory says how bad it is."""
    return {"database_specific": {"severity": word}}


@pytest.mark.parametrize(
    ("events", "is_affected"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "3.0.0"}], False),
        ([{"introduced": "0"}, {"fixed": "3.0.1"}], True),
        ([{"introduced": "3.0.1"}], False),
        ([{"introduced": "0"}, {"last_affected": "3.0.0"}], True),
        ([{"introduced": "0"}, {"last_affected": "2.9"}], False),
        ([{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0.0rc1"}, {"fixed": "3.1"}], True),
    ],
)
def test_versions(events: list[dict[str, str]], *, is_affected: bool) -> None:
    """From the version that brought it to the one that mends it, as versions are ordered and not as texts are."""
    assert bool(find_weaknesses(PARTS, iter([advise("A-1", *events)]))) is is_affected


def test_what_is_told() -> None:
    """Names are one weakness, as its worst; no severity is a high one; what was withdrawn or is another's is none."""
    since = {"introduced": "0"}
    found = find_weaknesses(
        PARTS,
        iter(
            [
                advise("PYSEC-1", since, {"fixed": "3.0.2"}, aliases=["CVE-1"], published="2026-02-20T00:00:00Z"),
                advise("GHSA-1", since, {"fixed": "3.0.2"}, aliases=["CVE-1"], **severity("CRITICAL")),
                advise("GHSA-2", since, **severity("medium")),
                advise("GHSA-3", since, withdrawn="2026-03-02T00:00:00Z"),
                advise("GHSA-4", since, affected=[{"package": {"ecosystem": "npm", "name": "flask"}, "ranges": []}]),
                advise(
                    "GHSA-5", affected=[{"package": {"ecosystem": "PyPI", "name": "pillow"}, "versions": ["10.1.0"]}]
                ),
            ]
        ),
    )
    assert [(one.part, one.names, one.severity, str(one.due_on), one.mended_in) for one in found] == [
        ("flask", ("CVE-1", "GHSA-1", "PYSEC-1"), "CRITICAL", "2026-02-27", "3.0.2"),
        ("pillow", ("GHSA-5",), "HIGH", "2026-03-31", ""),
        ("flask", ("GHSA-2",), "MODERATE", "2026-05-30", ""),
    ]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The product's own bill against a folder and a zip; the status says whether something is overdue."""
    bill, folder = tmp_path / "bill.json", tmp_path / "advisories"
    packages = read_lock(LOCK.read_text())
    bill.write_text(make_bill("0.1.0", packages))
    assert set(read_parts(json.loads(bill.read_text()))) == {one.name for one in packages}
    folder.mkdir()
    assert main([str(bill), str(folder), "2026-03-31"]) == 2
    (folder / "a.json").write_text(json.dumps(advise("A-1", {"introduced": "0"})))
    with ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(folder / "a.json", "a.json")
    capsys.readouterr()
    for place in (folder, tmp_path / "all.zip"):
        assert main([str(bill), str(place), "2026-03-31"]) == 0
        told = capsys.readouterr().out
        assert "due by 2026-03-31" in told
        assert "1 with a known weakness, 0 overdue" in told
        assert main([str(bill), str(place), "2026-04-01"]) == 1
        assert "OVERDUE since 2026-03-31" in capsys.readouterr().out
    (folder / "b.json").write_text("{}")
    assert main([str(bill), str(folder)]) == 2
    assert "b.json" in capsys.readouterr().err
    assert main([str(bill)]) == 2


def test_the_page_says_the_same_times() -> None:
    """docs/security.md and what is reckoned with do not part."""
    page = (ROOT / "docs" / "security.md").read_text()
    for word, days in DAYS.items():
        assert f"| {word.lower()} | {days} days |" in page
