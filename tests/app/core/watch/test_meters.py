"""Figures of several processes: added up, kept when one dies, begun anew with the product, never in anybody's way."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from app.core.watch.folder import RESERVED_BYTES, find_folder, prepare_folder
from app.core.watch.meters import Meters, begin_counting, meters
from tests.app.core.watch.restoring import restored_counting

ROOT = Path(__file__).resolve().parents[4]
#: Counts requests in a folder, says so, and waits to be killed or let go.
CHILD = """
import sys
from pathlib import Path
from app.core.watch.meters import begin_counting, meters
begin_counting(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    meters().count_request("/items", "GET", 200, 0.02)
    meters().count_statement("select", 0.003, is_slow=False)
print("counted", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Count in memory again behind each test."""
    with restored_counting():
        yield


def start(folder: Path, count: int) -> "subprocess.Popen[str]":
    """Start a process that counts."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(count)], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


def end(process: "subprocess.Popen[str]", how: int) -> None:
    """End a process and close what was said to it."""
    process.send_signal(how)
    process.communicate()


def read(folder: Path | None = None) -> dict[str, float]:
    """Return what is told, by name and labels; of `folder`, or of this process's own counters."""
    registry = CollectorRegistry()
    (meters() if folder is None else Meters(folder)).gather(registry)
    return {
        sample.name + "".join(f",{value}" for _, value in sorted(sample.labels.items())): sample.value
        for metric in registry.collect()
        for sample in metric.samples
    }


def test_what_processes_counted_is_added_up_and_outlives_them(tmp_path: Path) -> None:
    """Two processes: the sum; one killed, one ended: the same sum, from one file a kind; a third adds to it."""
    folder = tmp_path / "metrics" / "here"
    begin_counting(folder)
    meters().count_request("/items", "GET", 404, 0.02)  # this process lives all the time
    first, second = start(folder, 3), start(folder, 4)
    name = "lianban_requests_total,GET,/items,2xx"
    try:
        assert read()[name] == 7
    finally:
        end(first, signal.SIGKILL)
        end(second, signal.SIGTERM)
    told = read()
    assert told[name] == 7
    assert told["lianban_requests_total,GET,/items,4xx"] == 1
    assert told["lianban_request_seconds_count,GET,/items"] == 8
    assert told["lianban_request_seconds_bucket,0.025,GET,/items"] == 8
    assert told["lianban_request_seconds_bucket,0.01,GET,/items"] == 0
    assert told["lianban_statement_seconds_count,select"] == 7
    assert sorted(file.name for file in folder.glob("*.db")) == sorted(
        f"{kind}_{pid}.db" for kind in RESERVED_BYTES for pid in (0, os.getpid())
    )
    third = start(folder, 2)
    try:
        assert read()[name] == 9
    finally:
        end(third, signal.SIGKILL)
    assert read()[name] == 9
    assert read()["lianban_request_seconds_sum,GET,/items"] == pytest.approx(10 * 0.02)


def test_the_folder_is_emptied_when_nobody_counts_in_it_any_more(tmp_path: Path) -> None:
    """A product that starts anew begins at nought; while another of its processes lives, nothing is thrown away."""
    folder = tmp_path / "here"
    living, dead = start(folder, 3), start(folder, 5)
    end(dead, signal.SIGKILL)
    try:
        prepare_folder(folder)
        assert {file.name for file in folder.glob("counter_*.db")} == {"counter_0.db", f"counter_{living.pid}.db"}
    finally:
        end(living, signal.SIGKILL)
    prepare_folder(folder)
    assert not list(folder.glob("*.db"))


def test_who_begins_adds_up_who_has_ended(tmp_path: Path) -> None:
    """Processes killed again and again fill no disk, though nobody ever asks for figures; what they counted stays."""
    staying = start(tmp_path, 1)
    for _ in range(3):
        end(start(tmp_path, 2), signal.SIGKILL)
    last = start(tmp_path, 2)
    kept = sum(path.stat().st_size for path in tmp_path.glob("*.db"))
    assert kept == 3 * sum(RESERVED_BYTES.values()), "two that live, and one file for all that ended"
    assert read(tmp_path)["lianban_requests_total,GET,/items,2xx"] == 1 + 4 * 2
    for process in (staying, last):
        end(process, signal.SIGKILL)


def test_a_cut_file_costs_its_own_figures_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that cannot be read is left out and told of."""
    begin_counting(tmp_path)
    meters().count_request("/items", "GET", 200, 0.02)
    (tmp_path / "counter_1.db").write_bytes(b"\xff\x7f\x00\x00garbage")
    assert read()["lianban_requests_total,GET,/items,2xx"] == 1
    assert "counter_1.db" in caplog.text


def test_a_full_disk_costs_the_figures_not_the_request(tmp_path: Path) -> None:
    """Files are made in their full size, or not at all: no room later is no reason to die of SIGBUS."""
    begin_counting(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        meters().count_request("/items", "GET", 200, 0.02)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.glob("*.db"))
    meters().count_request("/items", "GET", 200, 0.02)
    assert read()["lianban_requests_total,GET,/items,2xx"] == 1


def test_labels_stay_bounded() -> None:
    """Methods and codes that somebody makes up share one label."""
    kept = Meters()
    for number in range(700):
        kept.count_request("/items", f"M{number}", 200, 0.01)
        kept.count_refusal(f"code_{number}")
        kept.count_refusal(f"Zhang {number}")
    registry = CollectorRegistry()
    kept.gather(registry)
    told = [sample.labels for metric in registry.collect() for sample in metric.samples]
    assert {labels["method"] for labels in told if "method" in labels} == {"other"}
    codes = {labels["code"] for labels in told if "code" in labels}
    assert len(codes) <= 501
    assert not [code for code in codes if "Zhang" in code]


def test_each_machine_has_its_own_folder(tmp_path: Path) -> None:
    """Process ids of two machines that share LIANBAN_VAR are not told apart: the folder is named by the machine."""
    folder = find_folder(tmp_path)
    assert folder.parent == tmp_path / "metrics"
    assert folder.name not in ("", ".", "..")
