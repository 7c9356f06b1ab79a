"""flask task: what it prints, how it ends, that a faulty file makes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from flask import Flask

from app.core.clock import FixedClock
from app.edge.context import current_context
from app.factory import create_app
from config import read_settings
from tests.app.services.batch.batches import add_document, count_items
from tests.city import NOW, City

Run = Callable[..., Result]
TEXT = "任务名称,牵头单位,完成期限\n信号机数据对接,交通局,2026-04-01\n预警推送,WEA,2026-03-07\n"


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path) -> Iterator[Run]:  # noqa: ARG001  # fills the database
    """Give a runner of commands on the city's database, the clock standing at NOW."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app: Flask = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=["task", *(str(arg) for arg in args)])
    engine.dispose()


def write(folder: Path, text: str = TEXT) -> Path:
    """Write a file of tasks."""
    path = folder / "任务.csv"
    path.write_text(text)
    return path


def test_batch_prints_what_it_made(run: Run, city: City, tmp_path: Path) -> None:
    """First as a dry run, then made: one line a task, warnings on stderr; the same file again is refused."""
    file, document = write(tmp_path), add_document(city)
    dry = run("batch", file, "--document", document, "--dry-run")
    assert (dry.exit_code, dry.stderr) == (0, "row 3, due date: 2026-03-07 is a rest day.\n")
    assert dry.stdout.splitlines()[0] == "-\t信号机数据对接\t交通局\t2026-04-01\t-"
    assert dry.stdout.splitlines()[-1] == "Dry run, nothing written: 2 tasks would be made"
    assert count_items(city) == 0
    made = run("batch", file, "--document", document, "--as", "office1")
    assert made.exit_code == 0
    assert made.stdout.splitlines()[-1] == "2 tasks made"
    assert made.stdout.startswith("#1\t")
    again = run("batch", file, "--document", document)
    assert again.exit_code == 1
    assert "made 2 tasks, 1 to 2" in again.stderr
    assert "made 2 tasks" in run("batch", file, "--document", document, "--dry-run").stderr
    assert run("batch", file, "--document", document, "--again", "--draft").exit_code == 0
    assert count_items(city) == 4


def test_every_fault_on_its_own_line(run: Run, city: City, tmp_path: Path) -> None:
    """Exit status 2; each line names row, column and what was expected; nothing is made."""
    result = run("batch", write(tmp_path, f"{TEXT}丙,交通厅,昨天\n"))
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["rows[4].due_on", "rows[4].department"]
    assert "row 4, lead department: There is no department '交通厅'" in lines[1]
    assert count_items(city) == 0


def test_who_may_and_what_is_a_file(run: Run, tmp_path: Path) -> None:
    """A person outside the office is refused, an unknown one too; a file that is none of ours is said."""
    file = write(tmp_path)
    assert run("batch", file, "--as", "tra_head").exit_code == 1
    assert run("batch", file, "--as", "nobody").exit_code == 2
    bad = run("batch", write(tmp_path, "什么,都没有\n1,2\n"))
    assert (bad.exit_code, bad.stderr.startswith("file: ")) == (2, True)
    extra = run("batch", write(tmp_path, "任务名称,牵头单位,备注\n甲,交通局,x\n"), "--dry-run")
    assert (extra.exit_code, "备注" in extra.stderr) == (0, True)


def test_template_writes_the_form(run: Run, city: City, tmp_path: Path) -> None:
    """The form lists the departments of today; filled in, it makes the task."""
    path = tmp_path / "form.xlsx"
    assert run("template", path).exit_code == 0
    workbook = openpyxl.load_workbook(path)
    assert "交通局" in [cell.value for cell in workbook.worksheets[2]["B"]]
    workbook.worksheets[0].cell(3, 2, "数据对接")
    workbook.worksheets[0].cell(3, 3, "交通局")
    workbook.save(path)
    assert run("batch", path).stdout.splitlines()[-1] == "1 tasks made"
    assert count_items(city) == 1
    assert run("template", tmp_path / "form.csv").exit_code == 2
    assert run("template", tmp_path / "missing" / "form.xlsx").exit_code == 2
