"""Debian's packages that a bundle brings along: Python and the libraries that lay out PDFs, with what they need.

What every Debian holds (its essential packages and apt) is left out. Which versions there are is Debian's matter, so a
bundle with them has the same bytes only while these stay the same.
"""

import hashlib
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

#: {library without which no PDF is made: its licence}.
LIBRARIES = {
    "libharfbuzz-subset0": "MIT-Modern-Variant",
    "libpango-1.0-0": "LGPL-2.0-or-later",
    "libpangoft2-1.0-0": "LGPL-2.0-or-later",
}
WANTED = (*LIBRARIES, "python3-venv", "python3.11-venv")
_THERE = ("?essential", "apt")
_LICENCE = re.compile(r"^License:[ \t]*(\S[^\n]*)", re.MULTILINE)


class DebianError(RuntimeError):
    """Debian's packages cannot be had here; says why."""


@dataclass(frozen=True, slots=True)
class Deb:
    """One package file, with the licences that its own list of copyrights names."""

    path: Path
    name: str
    version: str
    architecture: str
    sha256: str
    licences: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The name of the file in a bundle: without the characters that need quoting in addresses."""
        return f"{self.name}_{self.version.replace(':', '.')}_{self.architecture}.deb"


def fetch_debs(folder: Path) -> list[Deb]:
    """Return the packages that a bare Debian 12 lacks, fetched into `folder` by apt-get, sorted by name."""
    folder.mkdir(parents=True, exist_ok=True)
    needed = _simulate((*_THERE, *WANTED)) - _simulate(_THERE)
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        _run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *sorted(needed)], Path(fresh))
        for path in folder.glob("*.deb"):
            path.unlink()
        for path in Path(fresh).glob("*.deb"):
            path.replace(folder / path.name)
    return sorted((read_deb(path) for path in folder.glob("*.deb")), key=lambda deb: deb.name)


def _simulate(packages: Sequence[str]) -> set[str]:
    """Return name=version of all that apt would install for `packages` on a machine that has nothing."""
    with tempfile.NamedTemporaryFile() as nothing:
        options = ["-o", f"Dir::State::status={nothing.name}", "-o", "APT::Install-Recommends=false"]
        said = _run(["apt-get", "-s", "-qq", *options, "install", *packages], Path.cwd())
    return {f"{name}={version}" for name, version in re.findall(r"^Inst (\S+) \((\S+) ", said, re.MULTILINE)}


def read_deb(path: Path) -> Deb:
    """Return what a package file says of itself."""
    fields = _run(["dpkg-deb", "--showformat=${Package} ${Version} ${Architecture}", "-W", str(path)], Path.cwd())
    name, version, architecture = fields.split()
    content = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True, capture_output=True).stdout  # noqa: S603, S607
    licences = set[str]()
    with tarfile.open(fileobj=BytesIO(content)) as tree:
        for member in tree:
            if member.isfile() and re.fullmatch(r"\./usr/share/doc/[^/]+/copyright", member.name):
                file = tree.extractfile(member)
                text = file.read().decode("utf-8", "replace") if file else ""
                licences |= set(_LICENCE.findall(text)) if text.startswith("Format:") else set()  # written to be read
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Deb(path, name, version, architecture, sha256, tuple(sorted(licences)) or ("see its copyright file",))


def _run(command: Sequence[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        raise DebianError(f"{command[0]} is not here: expected Debian 12") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise DebianError(f"{' '.join(command[:2])}: {said[-1] if said else 'failed'}")
    return done.stdout
