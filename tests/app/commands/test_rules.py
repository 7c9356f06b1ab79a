"""`flask rules`: versions and differences are printed as they were published."""

from tests.app.services.ruling.making import change_rules
from tests.client import Caller


def test_versions_and_differences_are_printed(caller: Caller) -> None:
    """Who published what when and why; two versions compared, by value and in sentences."""
    version = change_rules(caller.city, {"task.idle": "workdays(15)", "task.due.2.by": "mail"})
    run = caller.app.test_cli_runner().invoke
    listed = run(args=["rules", "list"])
    assert listed.exit_code == 0
    lines = listed.output.splitlines()
    assert lines[0] == f"# {version} from 2026-03-02 (in force) by 测试office1, published by 测试director: 季度调整"
    assert lines[1:3] == ["task.due.2.by chosen -> mail", "task.idle workdays(20) -> workdays(15)"]
    assert run(args=["rules", "diff", "1", str(version)]).output.splitlines() == lines[1:3]
    assert "由“20个工作日”改为“15个工作日”" in run(args=["rules", "diff", "1", str(version), "--words"]).output
    assert run(args=["rules", "diff", "1", "1"]).output == ""
    assert run(args=["rules", "diff", "1", "9"]).exit_code == 1


def test_sign_offs_and_roles_are_set_by_key(caller: Caller) -> None:
    """`rules set` knows the same keys as the pages, and the same refusals."""
    run = caller.app.test_cli_runner().invoke
    assert run(args=["rules", "set", "task.cosign.rule", "any"]).exit_code == 0
    assert run(args=["rules", "set", "task.due.3.to", "nobody"]).exit_code == 2
    assert "task.cosign.rule any" in run(args=["rules", "show"]).output
