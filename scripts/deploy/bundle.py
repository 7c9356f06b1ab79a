"""`make bundle`: one archive that installs and runs on a machine without any network.

`python -m scripts.deploy.bundle [--out DIR] [--without-debs]` writes DIR/lianban-VERSION.tar.gz and its .sha256. In it,
below lianban-VERSION/: product/ (what is committed), wheels/ (the lock's packages for this kind of machine; the Chinese
fonts are one of them), debs/ (Debian's packages, when made on Debian), lianban.cdx.json (the bill of materials),
RELEASE, install.sh, SHA256SUMS (of all the others). The same commit, lock and Debian packages give the same bytes.
"""

import argparse
import gzip
import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.deploy.bill import BillError, make_bill, read_version
from scripts.deploy.debian import Deb, DebianError, fetch_debs
from scripts.deploy.lock import ROOT, Locked, LockError, read_lock, write_lock

INSTALLER = "scripts/deploy/install.sh"
BILL = "lianban.cdx.json"
_PROGRAM = 0o755
_PLAIN = 0o644
#: Fast: what is big in it is compressed already.
_LEVEL = 3
#: {name in the bundle: (mode, content or the file that holds it)}.
Members = dict[str, tuple[int, bytes | Path]]


class BundleError(RuntimeError):
    """A bundle that cannot be made; says what is missing."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What is handed out: a commit's name, its time (whole seconds) and its files with their modes."""

    name: str
    at_seconds: int
    files: Mapping[str, tuple[int, bytes]]

    def text(self, name: str) -> str:
        """Return the text of a file; BundleError when it is not in the commit."""
        if name not in self.files:
            raise BundleError(f"{name}: expected it in commit {self.name[:12]}")
        return self.files[name][1].decode()


def read_commit(root: Path = ROOT, name: str = "HEAD") -> Commit:
    """Return what is committed; BundleError where there is no repository or no such commit."""
    told = _ask_git(root, "log", "-1", "--format=%H %ct", name).decode().split()
    files = dict[str, tuple[int, bytes]]()
    with tarfile.open(fileobj=io.BytesIO(_ask_git(root, "archive", "--format=tar", told[0]))) as tree:
        for member in tree:
            content = tree.extractfile(member) if member.isfile() else None
            if content is not None:
                files[member.name] = (_PROGRAM if member.mode & 0o100 else _PLAIN, content.read())
    return Commit(told[0], int(told[1]), files)


def _ask_git(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=False, capture_output=True)  # noqa: S603, S607
    if done.returncode:
        raise BundleError(f"git {arguments[0]}: {done.stderr.decode().strip() or 'failed'}")
    return done.stdout


def fetch_wheels(packages: Sequence[Locked], folder: Path) -> dict[str, Path]:
    """Return {package: its wheel in `folder`}; fetches what is missing by pip, and deletes what is not locked."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = tuple(one for one in packages if one.name not in _match(packages, folder))
    if missing:
        with tempfile.NamedTemporaryFile("w", suffix=".lock") as lock:
            lock.write(write_lock(missing))
            lock.flush()
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--quiet", "--disable-pip-version-check"]
            options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", str(folder)]
            done = subprocess.run([*command, *options, "-r", lock.name], check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise BundleError(f"pip download: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    found = _match(packages, folder)
    if lost := [one.name for one in packages if one.name not in found]:
        raise BundleError(f"{', '.join(lost)}: no wheel that the lock admits")
    for path in set(folder.iterdir()) - set(found.values()):
        path.unlink()
    return found


def _match(packages: Sequence[Locked], folder: Path) -> dict[str, Path]:
    owners = {each: one.name for one in packages for each in one.hashes}
    hashed = {path: _hash(path) for path in sorted(folder.glob("*.whl"))}
    return {owners[sha256]: path for path, sha256 in hashed.items() if sha256 in owners}


def _hash(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def gather(commit: Commit, wheels: Mapping[str, Path], debs: Sequence[Deb], version: str) -> Members:
    """Return the bundle's members by name, SHA256SUMS included."""
    bill = make_bill(version, read_lock(commit.text("requirements.lock")), wheels, debs)
    release = (
        f"version={version}\ncommit={commit.name}\npython=3.11\n"
        f"machine={platform.system().lower()}-{platform.machine()}\n"
    )
    members: Members = {f"product/{name}": (mode, content) for name, (mode, content) in commit.files.items()}
    members |= {f"wheels/{path.name}": (_PLAIN, path) for path in wheels.values()}
    members |= {f"debs/{deb.file_name}": (_PLAIN, deb.path) for deb in debs}
    members["install.sh"] = (_PROGRAM, commit.text(INSTALLER).encode())
    members[BILL] = (_PLAIN, bill.encode())
    members["RELEASE"] = (_PLAIN, release.encode())
    sums = "".join(f"{_hash(content)}  {name}\n" for name, (_, content) in sorted(members.items()))
    members["SHA256SUMS"] = (_PLAIN, sums.encode())
    return members


def write_bundle(members: Members, top: str, at_seconds: int, path: Path) -> None:
    """Write `members` below the folder `top` to `path`: sorted, every one of them root's and of the same instant."""
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        part.open("wb") as raw,
        gzip.GzipFile("", "wb", _LEVEL, raw, mtime=at_seconds) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for folder in _list_folders(members, top):
            archive.addfile(_make_entry(folder, _PROGRAM, at_seconds, kind=tarfile.DIRTYPE))
        for name, (mode, content) in sorted(members.items()):
            entry = _make_entry(f"{top}/{name}", mode, at_seconds)
            if isinstance(content, bytes):
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
                continue
            entry.size = content.stat().st_size
            with content.open("rb") as file:
                archive.addfile(entry, file)
    part.replace(path)


def _list_folders(members: Iterable[str], top: str) -> list[str]:
    return sorted({str(parent) for name in members for parent in Path(top, name).parents if str(parent) != "."})


def _make_entry(name: str, mode: int, at_seconds: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime, entry.type = mode, at_seconds, kind
    entry.uname = entry.gname = "root"
    return entry


def make_bundle(out: Path, *, with_debs: bool, tell: Callable[[str], object]) -> Path:
    """Make the bundle of what is committed into the folder `out`; return its path. BundleError says what is missing."""
    commit = read_commit()
    if _ask_git(ROOT, "status", "--porcelain"):
        tell(f"bundle: what is not committed is left out (commit {commit.name[:12]})")
    version = read_version(commit.text("pyproject.toml"))
    wheels = fetch_wheels(read_lock(commit.text("requirements.lock")), out / "wheels")
    debs = list[Deb]()
    if with_debs:
        try:
            debs = fetch_debs(out / "debs")
        except DebianError as error:
            raise BundleError(f"{error}; --without-debs leaves Debian's packages out") from error
    path = out / f"lianban-{version}.tar.gz"
    write_bundle(gather(commit, wheels, debs, version), f"lianban-{version}", commit.at_seconds, path)
    path.with_name(f"{path.name}.sha256").write_text(f"{_hash(path)}  {path.name}\n")
    return path


def main(arguments: Sequence[str]) -> int:
    """Make the bundle; 0, or 1 with one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m scripts.deploy.bundle")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder; dist by default")
    parser.add_argument("--without-debs", action="store_true", help="leave Debian's packages out")
    chosen = parser.parse_args(arguments)
    try:
        path = make_bundle(chosen.out, with_debs=not chosen.without_debs, tell=_tell)
    except (BillError, BundleError, LockError, OSError) as error:
        _tell(f"bundle: {error}")
        return 1
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.0f} MB, sha256 {_hash(path)}\n")
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
