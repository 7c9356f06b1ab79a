"""The house stays small in its parts: modules, functions, folders, names."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "workflows", "reports", "migrations", "scripts", "tests")
MODULE_LINES = 400
FUNCTION_LINES = 60
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "base"}


def modules() -> Iterator[Path]:
    """Yield every module of the project."""
    yield from (ROOT / "config.py", ROOT / "wsgi.py")
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", [*PACKAGES])
def test_a_package_has_modules(package: str) -> None:
    """The walk of the other tests finds something."""
    assert any(ROOT / package in path.parents for path in modules())


def test_no_module_is_longer_than_it_may_be() -> None:
    """A module past 400 lines is two modules."""
    long = {str(p.relative_to(ROOT)): n for p in modules() if (n := len(p.read_text().splitlines())) > MODULE_LINES}
    assert not long


def test_no_function_is_longer_than_a_screen() -> None:
    """A function past 60 lines is two functions."""
    long = []
    for path in modules():
        if "versions" in path.parts:  # a revision is one list of statements
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append((str(path.relative_to(ROOT)), node.name, length))
    assert not long


def test_no_folder_is_crowded() -> None:
    """At most 30 modules in a layer's folder, 15 elsewhere; three levels below the top."""
    counted = Counter(path.parent.relative_to(ROOT) for path in modules())
    layers = {path.relative_to(ROOT) for path in (ROOT / "app").iterdir() if path.is_dir()}
    layers |= {Path("workflows"), Path("reports")}
    crowded = {str(folder): n for folder, n in counted.items() if n > (31 if folder in layers else 16)}
    assert not crowded
    assert not [str(path) for path in modules() if len(path.relative_to(ROOT).parts) > 5]


def test_no_module_has_a_vague_name() -> None:
    """No util, helper, common, misc, base."""
    assert not [str(path) for path in modules() if path.stem in VAGUE]
