"""The bundle: the same bytes each time, whole or refused, and it installs and runs where there is no network."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scripts.deploy.bundle import BundleError, Commit, fetch_wheels, gather, read_commit, write_bundle
from scripts.deploy.lock import LOCK, ROOT, Locked, LockError, read_lock, write_lock

AT_SECONDS = 1_790_000_000


def small_commit() -> Commit:
    """Return a commit with what a bundle asks of one, and a program."""
    files = {
        "pyproject.toml": (0o644, b'[project]\nversion = "0.1.0"\n'),
        "requirements.lock": (0o644, b""),
        "scripts/deploy/install.sh": (0o755, (ROOT / "scripts/deploy/install.sh").read_bytes()),
        "scripts/run.sh": (0o755, b"#!/bin/sh\n"),
    }
    return Commit("c" * 40, AT_SECONDS, files)


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """Give a small bundle, unpacked: the installer with a product of few files and no wheels."""
    write_bundle(gather(small_commit(), {}, [], "0.1.0"), "top", AT_SECONDS, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as tree:
        tree.extractall(tmp_path / "x", filter="data")
    return tmp_path / "x" / "top"


def install(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the installer of an unpacked bundle."""
    env = {"PATH": os.defpath, "PYTHON": str(Path(sys.base_prefix) / "bin" / "python3.11")}
    return subprocess.run([folder / "install.sh", *arguments], env=env, check=False, capture_output=True, text=True)


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whoever makes the bundle anew can compare: nothing of the machine, the day or the order of files is in it."""
    wheel = tmp_path / "a.whl"
    for name, at in (("one", 1), ("two", 2_000_000_000)):
        wheel.write_bytes(b"wheel")
        os.utime(wheel, (at, at))
        files = gather(small_commit(), {}, [], "0.1.0") | {"wheels/a.whl": (0o644, wheel)}
        shuffled = dict(sorted(files.items(), reverse=name == "two"))
        write_bundle(shuffled, "lianban-0.1.0", AT_SECONDS, tmp_path / f"{name}.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()
    with tarfile.open(tmp_path / "one.tar.gz") as tree:
        assert {(each.mtime, each.uid, each.uname) for each in tree} == {(AT_SECONDS, 0, "root")}
        assert [each.name for each in tree if each.isfile() and each.mode == 0o755] == [
            "lianban-0.1.0/install.sh", "lianban-0.1.0/product/scripts/deploy/install.sh",
            "lianban-0.1.0/product/scripts/run.sh",
        ]  # fmt: skip


def test_every_member_has_its_sum() -> None:
    """SHA256SUMS names all of the bundle but itself, sorted."""
    members = gather(small_commit(), {}, [], "0.1.0")
    mode, sums = members.pop("SHA256SUMS")
    assert mode == 0o644
    assert isinstance(sums, bytes)
    told = {name: sha256 for sha256, name in (line.split("  ") for line in sums.decode().splitlines())}
    assert list(told) == sorted(members)
    for name, (_, content) in members.items():
        assert isinstance(content, bytes)
        assert told[name] == hashlib.sha256(content).hexdigest()


def test_a_commit_without_an_installer_makes_no_bundle() -> None:
    """What is missing is named."""
    bare = Commit("c" * 40, AT_SECONDS, {"requirements.lock": (0o644, b"")})
    with pytest.raises(BundleError, match=r"install\.sh"):
        gather(bare, {}, [], "0.1.0")


def test_the_lock_is_read_whole() -> None:
    """Each line counts: what is read and written again is the lock, and a line of another kind is refused."""
    packages = read_lock(LOCK.read_text())
    assert len(packages) == LOCK.read_text().count("==")
    assert read_lock(write_lock(packages)) == packages
    with pytest.raises(LockError, match="line 2"):
        read_lock("flask==3.1.3 \\\n    --hash=md5:0123\n")
    with pytest.raises(LockError, match="expected hashes"):
        read_lock("flask==3.1.3 \\\n")


def test_only_locked_wheels_stay(tmp_path: Path) -> None:
    """A wheel with other bytes under a known name is fetched anew, never taken; what is not locked goes."""
    one = Locked("lianban-nothing", "0", frozenset({hashlib.sha256(b"good").hexdigest()}))
    (tmp_path / "lianban_nothing-0-py3-none-any.whl").write_bytes(b"good")
    (tmp_path / "stray-1-py3-none-any.whl").write_bytes(b"stray")
    assert fetch_wheels([one], tmp_path) == {one.name: tmp_path / "lianban_nothing-0-py3-none-any.whl"}
    assert [path.name for path in tmp_path.iterdir()] == ["lianban_nothing-0-py3-none-any.whl"]


def test_a_damaged_bundle_changes_nothing(unpacked: Path, tmp_path: Path) -> None:
    """One byte other than it was: refused before anything is written."""
    (unpacked / "product/scripts/run.sh").write_text("#!/bin/zsh\n")
    done = install(unpacked, "--into", tmp_path / "place")
    assert done.returncode == 1
    assert "product/scripts/run.sh: FAILED" in done.stderr
    assert "nothing was changed" in done.stderr
    assert not (tmp_path / "place").exists()


def test_a_bundle_for_another_machine_changes_nothing(unpacked: Path, tmp_path: Path) -> None:
    """Wheels are of one kind of machine: said before pip would say it less clearly."""
    release = (unpacked / "RELEASE").read_bytes()
    (unpacked / "RELEASE").write_bytes(release.replace(b"machine=linux-", b"machine=linux-never-"))
    sums = (unpacked / "SHA256SUMS").read_text()
    changed = hashlib.sha256((unpacked / "RELEASE").read_bytes()).hexdigest()
    (unpacked / "SHA256SUMS").write_text(sums.replace(hashlib.sha256(release).hexdigest(), changed))
    done = install(unpacked, "--into", tmp_path / "place")
    assert (done.returncode, "the bundle is for linux-never-" in done.stderr) == (1, True)
    assert not (tmp_path / "place").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected --system, --into DIR or --check"),
        (("--into",), "--into: expected a path"),
        (("--onto", "x"), "--onto: unknown"),
    ],
)
def test_bad_use_is_told(unpacked: Path, arguments: tuple[str, ...], said: str) -> None:
    """Status 2, what was expected, nothing done."""
    done = install(unpacked, *arguments)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_a_whole_bundle_is_told_to_be_whole(unpacked: Path) -> None:
    """--check writes nothing."""
    before = sorted(unpacked.rglob("*"))
    done = install(unpacked, "--check")
    assert (done.returncode, "is whole" in done.stdout) == (0, True)
    assert sorted(unpacked.rglob("*")) == before


def test_the_bundle_installs_and_runs_without_any_network(tmp_path: Path) -> None:
    """Issue 9: installed from the archive into an empty folder, served, logged in, a report with Chinese faces.

    In a network namespace with a loopback alone, from all wheels of the lock. Uncompiled, and without Debian's
    packages, which the machine has; `make bundle-check` has these, and an upgrade.
    """
    commit = read_commit()
    wheels = fetch_wheels(read_lock(commit.text("requirements.lock")), ROOT / "dist" / "wheels")
    archive = tmp_path / "lianban.tar.gz"
    write_bundle(gather(commit, wheels, [], "0.1.0"), "lianban-0.1.0", commit.at_seconds, archive)
    unshare = shutil.which("unshare")
    assert unshare, "expected unshare (util-linux)"
    alone = [unshare, "--net"] if os.getuid() == 0 else [unshare, "--net", "--map-root-user"]
    driver = [sys.executable, "-m", "tests.deploy.offline", str(archive), str(tmp_path)]
    done = subprocess.run([*alone, "--", *driver], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
