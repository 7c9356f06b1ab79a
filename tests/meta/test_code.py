"""Rules of the house that can be read off the code."""

import ast
import re
from pathlib import Path

from tests.meta.test_sizes import ROOT, modules

#: The only places that write an item's state.
STATE_WRITERS = {
    "app/services/transitions.py",  # every step
    "app/services/effects.py",  # cancelling what is below a cancelled item
    "app/services/entering.py",  # the first state
    "app/services/reentering.py",  # the state as a later ledger states it
}


def product() -> list[Path]:
    """Return the product's own modules."""
    return [path for path in modules() if path.relative_to(ROOT).parts[0] in {"app", "workflows", "reports"}]


def test_only_transitions_write_a_state() -> None:
    """One write path: no `.state = …` and no `values(state=…)` on items elsewhere."""
    found = set()
    for path in product():
        for node in ast.walk(ast.parse(path.read_text())):
            assigned = isinstance(node, ast.Assign | ast.AugAssign) and any(
                isinstance(t, ast.Attribute) and t.attr == "state"
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                for t in ast.walk(target)
            )
            given = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "values"
                and any(keyword.arg == "state" for keyword in node.keywords)
            )
            if assigned or given:
                found.add(str(path.relative_to(ROOT)))
    # Locking an item anew brings the copy in memory up to the row; nothing is written.
    assert found - STATE_WRITERS - {"app/services/signing/rounds.py"} == set()


def test_only_the_clock_reads_the_time() -> None:
    """One clock object is passed in; nothing else asks for the present."""
    pattern = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(")
    found = {str(p.relative_to(ROOT)) for p in product() if pattern.search(p.read_text())}
    assert found <= {"app/core/clock.py"}


def test_only_one_module_renders_pdf() -> None:
    """`reports/pdf/layout.py` is the only importer of WeasyPrint."""
    importers = {
        str(p.relative_to(ROOT))
        for p in product()
        if re.search(r"^\s*(import|from) weasyprint", p.read_text(), re.MULTILINE)
    }
    assert importers == {"reports/pdf/layout.py"}


def test_only_the_policy_decides_who_reads() -> None:
    """The access table is named in the policy, in the one loader, and in queries that go through it; nothing else."""
    users = {
        path.relative_to(ROOT).parts[:2]
        for path in product()
        if "ItemAccess" in path.read_text() and "models" not in path.parts
    }
    assert users <= {("app", "policy"), ("app", "queries"), ("app", "services")}


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of a machine and no registry's host stands in the tree."""
    names = [ROOT / "README.md", ROOT / "Makefile", *ROOT.glob("docs/**/*.md"), *ROOT.glob("scripts/**/*"), *modules()]
    forbidden = re.compile("/" + "work/|/roo" + r"t/|pyp" + r"i\.org|registry\.np" + "m", re.IGNORECASE)
    texts = [path for path in names if path.is_file() and path.suffix != ".pyc"]
    assert not [str(path.relative_to(ROOT)) for path in texts if forbidden.search(path.read_text())]
