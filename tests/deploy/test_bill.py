"""The bill of materials: exactly what is locked, under licences that were looked at, the same bytes each time."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from scripts.deploy.bill import BillError, main, make_bill, read_version
from scripts.deploy.debian import LIBRARIES
from scripts.deploy.licences import COPYLEFT, READ_BY_HAND, find_declared, find_licence, is_allowed
from scripts.deploy.lock import LOCK, ROOT, Locked, read_lock

PACKAGES = read_lock(LOCK.read_text())


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """Give the bill, read."""
    found: dict[str, Any] = json.loads(make_bill("0.1.0", PACKAGES))
    return found


def test_it_lists_the_lock_and_the_libraries(bill: dict[str, Any]) -> None:
    """Issue 9: each package of the lock with its version and every hash, Debian's libraries, nothing else."""
    listed = {each["purl"]: each for each in bill["components"]}
    locked = {f"pkg:pypi/{one.name}@{one.version}": one for one in PACKAGES}
    libraries = {f"pkg:deb/debian/{name}?distro=bookworm" for name in LIBRARIES}
    assert set(listed) == set(locked) | libraries
    for purl, one in locked.items():
        (reference,) = listed[purl]["externalReferences"]
        assert {each["content"] for each in reference["hashes"]} == one.hashes
    own = bill["metadata"]["component"]
    assert (own["name"], own["version"]) == ("lianban", read_version((ROOT / "pyproject.toml").read_text()))


def test_each_part_has_a_licence_that_is_allowed(bill: dict[str, Any]) -> None:
    """A new package comes with a licence that is on the list, or `make sbom` and this fail."""
    for each in bill["components"]:
        (said,) = each["licenses"]
        assert is_allowed(said.get("expression") or said["license"]["id"]), each["purl"]


def test_what_is_copyleft_is_known_and_used(bill: dict[str, Any]) -> None:
    """Each licence with a reason beside it is one that some part has: a reason without a part is out of date."""
    said = json.dumps([each["licenses"] for each in bill["components"]])
    assert {name for name in COPYLEFT if name not in said} == set()


def test_what_hangs_together_is_told(bill: dict[str, Any]) -> None:
    """Whoever hears of a fault in werkzeug finds that flask needs it."""
    needs = {each["ref"].split("@")[0]: each["dependsOn"] for each in bill["dependencies"]}
    assert any(ref.startswith("pkg:pypi/werkzeug@") for ref in needs["pkg:pypi/flask"])
    known = {each["bom-ref"] for each in bill["components"]}
    assert all(set(refs) <= known for refs in needs.values())


def test_the_same_lock_gives_the_same_bytes(bill: dict[str, Any]) -> None:
    """No time, no chance, no path of the machine."""
    text = make_bill("0.1.0", PACKAGES)
    assert text == make_bill("0.1.0", tuple(reversed(PACKAGES)))
    assert json.loads(text) == bill
    assert str(ROOT) not in text
    assert make_bill("0.1.1", PACKAGES) != text


def test_what_was_read_by_hand_needed_it() -> None:
    """The table of licences read by a person holds locked packages only, and none that declares a clear one."""
    assert {one.name for one in PACKAGES} >= READ_BY_HAND
    assert [name for name in READ_BY_HAND if find_declared(distribution(name).metadata)] == []


def test_a_package_that_is_not_as_locked_stops_the_bill() -> None:
    """The licence would be another version's."""
    with pytest.raises(BillError, match=r"^flask: expected 0\.0\.1, as locked"):
        make_bill("0.1.0", [Locked("flask", "0.0.1", frozenset({"0" * 64}))])
    with pytest.raises(BillError, match=r"^lianban-nothing: expected to be installed"):
        make_bill("0.1.0", [Locked("lianban-nothing", "1", frozenset({"0" * 64}))])


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-2.0-or-later OR MIT", True),
        ("GPL-2.0-or-later", False),
        ("GPL-2.0-or-later AND MIT", False),
        ("MIT AND (GPL-2.0-or-later OR BSD-3-Clause)", True),
        ("MIT OR GPL-2.0-or-later AND BSD-3-Clause", True),
        ("AGPL-3.0-only", False),
        ("(AGPL-3.0-only OR SSPL-1.0)", False),
        ("(MIT", False),
        ("MIT BSD-3-Clause", False),
        ("", False),
        ("MIT; rm", False),
    ],
)
def test_and_takes_all_and_or_takes_one(expression: str, allowed: bool) -> None:  # noqa: FBT001  # a row of the table
    """As SPDX reads expressions: AND before OR, brackets before both; what is not known is not allowed."""
    assert is_allowed(expression) is allowed


def test_every_package_is_named_as_the_lock_names_it() -> None:
    """A licence is found for each of them without a guess."""
    assert all(find_licence(one.name, distribution(one.name).metadata) for one in PACKAGES)


def test_the_libraries_are_those_that_set_up_installs() -> None:
    """One list: what `make setup` installs for PDFs is what the bill and the bundle name."""
    text = (ROOT / "scripts/machine.sh").read_text().split('"tests"')[0]
    assert set(re.findall(r"need\+=\((lib[a-z0-9.-]+)\)", text)) == set(LIBRARIES)


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`make sbom`: status 0 and the file; 2 without a file's name."""
    assert main([str(tmp_path / "dist" / "bill.json")]) == 0
    assert json.loads((tmp_path / "dist" / "bill.json").read_text())["bomFormat"] == "CycloneDX"
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
