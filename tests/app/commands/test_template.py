"""`flask template`: list, show, write, read, take from a project, retire."""

from pathlib import Path

from click.testing import Result

from tests.app.services.template.orders import make, order
from tests.client import Caller


def run(caller: Caller, *args: str) -> Result:
    return caller.app.test_cli_runner().invoke(args=["template", *args])


def test_a_template_goes_out_and_comes_back(caller: Caller, tmp_path: Path) -> None:
    """Export, change, import: a new version; the same again is not stored twice; a fault names file and line."""
    path = tmp_path / "mine.toml"
    assert "smart-traffic\t1\tshipped\t智慧交通\t280\t10" in run(caller, "list").output
    shown = run(caller, "show", "smart-traffic").output
    assert "* transport: 交通运输" in shown
    assert "evaluate: 评估项目效果" in shown
    assert run(caller, "export", "smart-traffic", str(path)).exit_code == 0
    assert run(caller, "import", str(path)).output == "smart-traffic@1 unchanged\n"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("智慧交通", "本市交通"), encoding="utf-8-sig")
    assert run(caller, "import", str(path)).output == "smart-traffic@2 stored\n"
    path.write_text(text.replace("format = 1", "format = 3"), encoding="utf-8")
    wrong = run(caller, "import", str(path))
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("mine.toml:1 format: ")
    path.write_bytes(b"\xff\xfe")
    assert run(caller, "import", str(path)).exit_code == 2
    path.write_text("#" * (1024 * 1024 + 1), encoding="utf-8")
    assert run(caller, "import", str(path)).exit_code == 2
    assert run(caller, "export", "smart-traffic", str(tmp_path / "no" / "x.toml")).exit_code == 2
    assert run(caller, "export", "nothing", str(path)).exit_code == 1
    assert run(caller, "retire", "smart-traffic").output == "2\n"
    assert run(caller, "show", "smart-traffic").exit_code == 1


def test_a_project_becomes_a_template(caller: Caller, tmp_path: Path) -> None:
    """Stored at once, or written as a draft that people put right first."""
    made = str(make(caller.city, order(caller.city)).answer["id"])
    names = ("--key", "ours", "--label-zh", "本市", "--label-en", "Ours")
    assert run(caller, "from-project", made, *names).output == "ours@1 stored\n"
    path = tmp_path / "draft.toml"
    assert run(caller, "from-project", made, *names, "--to", str(path)).exit_code == 0
    assert 'key = "ours"' in path.read_text(encoding="utf-8")
    assert run(caller, "from-project", "999", *names).exit_code == 1
