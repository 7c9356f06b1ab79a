"""The software bill of materials: CycloneDX 1.6, JSON, the run-time packages of the lock and Debian's libraries.

`python -m scripts.deploy.bill FILE` (`make sbom`) writes it. The same lock gives the same bytes: no time of making,
no path, nothing of the machine. It is checked against the format's schema (cyclonedx-python-lib) before it is written.
Hashes of a package are those of every file that the lock admits as it; a bundle's bill names the one file it holds.
"""

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.deploy.debian import LIBRARIES, Deb
from scripts.deploy.licences import LicenceError, find_licence
from scripts.deploy.lock import LOCK, ROOT, Locked, LockError, read_lock

_SPACE = uuid.UUID("6f0f5b0e-8a53-5d0c-9a39-0c6f2f6f7a11")


class BillError(ValueError):
    """A bill that cannot be made; names the package and what was expected."""


def read_version(text: str) -> str:
    """Return the product's version from the text of pyproject.toml."""
    return str(tomllib.loads(text)["project"]["version"])


def make_bill(
    version: str, packages: Sequence[Locked], wheels: Mapping[str, Path] | None = None, debs: Sequence[Deb] = ()
) -> str:
    """Return the bill of the product `version` as JSON text.

    `wheels` are {package: its one file}, `debs` the Debian packages that come along (none: Debian's libraries are named
    without a version). BillError when a package is not installed here as locked, or has no licence that is allowed.
    """
    names = {one.name for one in packages}
    components = [_describe(one, (wheels or {}).get(one.name)) for one in packages]
    components += [_describe_deb(deb) for deb in debs] or [_describe_library(*each) for each in LIBRARIES.items()]
    refs = sorted(str(each["bom-ref"]) for each in components)
    own = f"pkg:generic/lianban@{version}"
    needs = {f"pkg:pypi/{one.name}@{one.version}": _list_needs(one, names, packages) for one in packages}
    body: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": own, "name": "lianban", "version": version, "purl": own}
        },
        "components": sorted(components, key=lambda each: str(each["bom-ref"])),
        "dependencies": [
            {"ref": own, "dependsOn": refs},
            *({"ref": ref, "dependsOn": needed} for ref, needed in sorted(needs.items())),
        ],
    }
    body["serialNumber"] = f"urn:uuid:{uuid.uuid5(_SPACE, json.dumps(body, sort_keys=True))}"
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if faults := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise BillError(f"the bill does not fit its schema: {faults}")
    return text


def _describe(one: Locked, wheel: Path | None) -> dict[str, Any]:
    """Return a package's component; its licence is read from the installed one."""
    try:
        found = distribution(one.name)
    except PackageNotFoundError:
        raise BillError(f"{one.name}: expected to be installed here (make setup)") from None
    if found.version != one.version:
        raise BillError(f"{one.name}: expected {one.version}, as locked, to be installed here, not {found.version}")
    try:
        licence = find_licence(one.name, found.metadata)
    except LicenceError as error:
        raise BillError(str(error)) from error
    purl = f"pkg:pypi/{one.name}@{one.version}"
    place = {"url": f"wheels/{wheel.name}", "comment": "the file in the bundle"} if wheel else {"url": purl}
    return {
        "type": "library", "bom-ref": purl, "purl": purl, "name": one.name, "version": one.version,
        "description": re.sub(r"\s+", " ", found.metadata["Summary"] or one.name),
        "licenses": [{"expression": licence}] if " " in licence else [{"license": {"id": licence}}],
        "externalReferences": [
            {"type": "distribution", "hashes": [{"alg": "SHA-256", "content": each} for each in sorted(one.hashes)]}
            | {"comment": "any of the files that the lock admits"} | place,
        ],
    }  # fmt: skip


def _list_needs(one: Locked, names: set[str], packages: Sequence[Locked]) -> list[str]:
    """Return the references of those locked packages that `one` says it needs here; extras count where locked."""
    versions = {each.name: each.version for each in packages}
    found = set[str]()
    for line in distribution(one.name).requires or ():
        needed = Requirement(line)
        name = canonicalize_name(needed.name)
        if name in names and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
            found.add(f"pkg:pypi/{name}@{versions[name]}")
    return sorted(found)


def _describe_library(name: str, licence: str) -> dict[str, Any]:
    purl = f"pkg:deb/debian/{name}?distro=bookworm"
    return {
        "type": "library", "bom-ref": purl, "purl": purl, "name": name,
        "licenses": [{"license": {"id": licence}}],
        "description": "a library of the operating system, needed to make PDFs",
    }  # fmt: skip


def _describe_deb(deb: Deb) -> dict[str, Any]:
    purl = f"pkg:deb/debian/{deb.name}@{deb.version}?arch={deb.architecture}&distro=bookworm"
    return {
        "type": "library", "bom-ref": purl, "purl": purl, "name": deb.name, "version": deb.version,
        "hashes": [{"alg": "SHA-256", "content": deb.sha256}],
        "licenses": [{"license": {"name": each}} for each in deb.licences],
        "externalReferences": [{"type": "distribution", "url": f"debs/{deb.file_name}"}],
    }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write the bill to the file named; 0, or 1 with one line on stderr."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m scripts.deploy.bill FILE\n")
        return 2
    path = Path(arguments[0])
    try:
        text = make_bill(read_version((ROOT / "pyproject.toml").read_text()), read_lock(LOCK.read_text()))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    except (BillError, LockError, OSError) as error:
        sys.stderr.write(f"bill: {error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
