"""Which parts of a bill of materials have known weaknesses, and which of those are past the time of docs/security.md.

`python -m scripts.deploy.overdue BILL ADVISORIES [DAY]` asks nobody: BILL is what `make sbom` writes or a bundle
brings, ADVISORIES a folder or a zip of advisories in OSV's form (OSV hands out one zip for all of PyPI), brought from a
machine with a network. One line a weakness; status 1 when one is overdue on DAY (default: today). An advisory is read
strictly: what has no known severity counts as high. Debian's packages are not looked at.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

#: Within how many days of its publication a weakness is mended, by its severity; docs/security.md says the same.
DAYS = {"CRITICAL": 7, "HIGH": 30, "MODERATE": 90, "LOW": 180}
_OTHER_WORDS = {"MEDIUM": "MODERATE"}
_UNKNOWN = "HIGH"
_FEWEST, _MOST = 2, 3


class AdvisoryError(ValueError):
    """A bill or an advisory that cannot be read; names the file."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A part with a known weakness: under which names, how bad, since when it is public, which version mends it."""

    part: str
    version: str
    names: tuple[str, ...]
    severity: str
    published_on: date
    mended_in: str

    @property
    def due_on(self) -> date:
        """The last day on which it may still be there."""
        return self.published_on + timedelta(days=DAYS[self.severity])


def read_parts(bill: Mapping[str, Any]) -> dict[str, str]:
    """Return the Python packages of a bill, {canonical name: version}."""
    found = (one for one in bill["components"] if str(one.get("purl", "")).startswith("pkg:pypi/"))
    return {canonicalize_name(one["name"]): one["version"] for one in found}


def find_weaknesses(parts: Mapping[str, str], advisories: Iterator[Mapping[str, Any]]) -> list[Weakness]:
    """Return the weaknesses of these parts, the first due first; one under several names once, as its worst."""
    found: dict[tuple[str, str], Weakness] = {}
    for advisory in advisories:
        if advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", ()):
            package = affected.get("package", {})
            part = canonicalize_name(str(package.get("name", "")))
            if package.get("ecosystem") == "PyPI" and part in parts and _is_affected(parts[part], affected):
                _keep(found, _describe(part, parts[part], advisory, affected), advisory)
    return sorted(set(found.values()), key=lambda one: (one.due_on, one.part, one.names))


def _keep(found: dict[tuple[str, str], Weakness], one: Weakness, advisory: Mapping[str, Any]) -> None:
    keys = [(one.part, name) for name in (str(advisory["id"]), *advisory.get("aliases", ()))]
    others = {found[key] for key in keys if key in found}
    names = tuple(sorted({name for each in (one, *others) for name in each.names}))
    worst = min((one, *others), key=lambda each: (DAYS[each.severity], each.published_on))
    first_on = min(each.published_on for each in (one, *others))
    merged = Weakness(one.part, one.version, names, worst.severity, first_on, worst.mended_in or one.mended_in)
    keys += [key for key, each in found.items() if each in others]
    found.update(dict.fromkeys(keys, merged))


def _describe(part: str, version: str, advisory: Mapping[str, Any], affected: Mapping[str, Any]) -> Weakness:
    said = str(advisory.get("database_specific", {}).get("severity", "")).upper()
    severity = _OTHER_WORDS.get(said, said)
    events = [event for each in affected.get("ranges", ()) for event in each.get("events", ())]
    fixes = sorted({str(event["fixed"]) for event in events if "fixed" in event and _is_version(event["fixed"])},
                   key=Version)  # fmt: skip
    mended = next((fix for fix in fixes if Version(fix) > Version(version)), "")
    names = tuple(sorted({str(advisory["id"]), *map(str, advisory.get("aliases", ()))}))
    published_on = date.fromisoformat(str(advisory["published"])[:10])
    return Weakness(part, version, names, severity if severity in DAYS else _UNKNOWN, published_on, mended)


def _is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    if version in affected.get("versions", ()):
        return True
    own = Version(version)
    for each in affected.get("ranges", ()):
        if each.get("type") != "ECOSYSTEM":
            continue
        is_in = False
        for event in each.get("events", ()):  # in their order, as the form says
            (kind, value), *_ = event.items()
            bound = Version("0") if value == "0" else Version(str(value))
            if kind == "introduced":
                is_in = is_in or own >= bound
            elif (kind == "fixed" and own >= bound) or (kind == "last_affected" and own > bound):
                is_in = False
        if is_in:
            return True
    return False


def _is_version(text: object) -> bool:
    try:
        Version(str(text))
    except InvalidVersion:
        return False
    return True


def read_advisories(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the advisories of a folder or a zip; AdvisoryError names what cannot be read, or a place without any."""
    count = 0
    for name, text in _read_texts(path):
        try:
            advisory = json.loads(text)
            date.fromisoformat(str(advisory["published"])[:10])
            str(advisory["id"])
        except (ValueError, TypeError, KeyError) as error:
            raise AdvisoryError(f"{name}: no advisory in OSV's form ({type(error).__name__})") from error
        count += 1
        yield advisory
    if not count:
        raise AdvisoryError(f"{path}: no advisory in it: expected OSV's *.json, or a zip of them")


def _read_texts(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for each in sorted(path.rglob("*.json")):
            yield str(each), each.read_bytes()
        return
    with ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                yield f"{path}: {name}", archive.read(name)


def main(arguments: Sequence[str]) -> int:
    """Print a line a weakness; 0, 1 when one is overdue, 2 when something cannot be read."""
    if not _FEWEST <= len(arguments) <= _MOST:
        sys.stderr.write("usage: python -m scripts.deploy.overdue BILL ADVISORIES [DAY]\n")
        return 2
    try:
        today = date.fromisoformat(arguments[2]) if len(arguments) == _MOST else date.today()  # noqa: DTZ011  # a day of the machine's own
        parts = read_parts(json.loads(Path(arguments[0]).read_text()))
        found = find_weaknesses(parts, read_advisories(Path(arguments[1])))
    except (AdvisoryError, OSError, ValueError, KeyError, BadZipFile) as error:
        sys.stderr.write(f"overdue: {error or type(error).__name__}\n")
        return 2
    late = [one for one in found if one.due_on < today]
    for one in found:
        state = "OVERDUE since" if one in late else "due by"
        mend = f"mended in {one.mended_in}" if one.mended_in else "no version mends it yet"
        told = (f"{one.part} {one.version}", one.severity, f"{state} {one.due_on}", mend, " ".join(one.names))
        sys.stdout.write("\t".join(told) + "\n")
    sys.stdout.write(f"{len(parts)} packages, {len(found)} with a known weakness, {len(late)} overdue\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
