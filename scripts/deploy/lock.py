"""The lock of the run-time packages, read: what is installed, and the hashes of what may be installed as that."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
_PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)==([^\s\\;]+) \\")
_HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})(?: \\)?")
_NOTE = re.compile(r"\s+#.*")


class LockError(ValueError):
    """A lock that cannot be read; names the line."""


@dataclass(frozen=True, slots=True)
class Locked:
    """One package: its name, its only version, the SHA-256 of every file that may stand for it."""

    name: str
    version: str
    hashes: frozenset[str]


def read_lock(text: str) -> tuple[Locked, ...]:
    """Return the packages of a lock file (`uv pip compile --generate-hashes`), sorted by name.

    LockError for a line that is neither a pin, a hash nor a comment, and for a package without hashes.
    """
    found: dict[str, tuple[str, set[str]]] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if pin := _PIN.fullmatch(line):
            last = pin[1]
            found[last] = (pin[2], set())
        elif last and (piece := _HASH.fullmatch(line)):
            found[last][1].add(piece[1])
        elif line and not _NOTE.fullmatch(line):
            raise LockError(f"line {number}: expected name==version, a hash or a comment, got {line[:60]!r}")
    if bare := [name for name, (_, hashes) in found.items() if not hashes]:
        raise LockError(f"{', '.join(bare)}: expected hashes")
    return tuple(Locked(name, version, frozenset(hashes)) for name, (version, hashes) in sorted(found.items()))


def write_lock(packages: tuple[Locked, ...]) -> str:
    """Return `packages` as pip reads them."""
    return "".join(
        f"{one.name}=={one.version}" + "".join(f" \\\n    --hash=sha256:{each}" for each in sorted(one.hashes)) + "\n"
        for one in packages
    )
