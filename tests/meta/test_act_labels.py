"""Every act that the product writes into the log has its words in both languages (finding: raw codes in the log)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.pages.oversight.act_names import ACTS, DECIDING, OBJECTS, PLACES, spread_group
from app.services.signing.input import MOVES
from workflows.catalogue import WORKFLOWS

APP = Path(__file__).resolve().parents[2] / "app"
#: Words of the same calls that are no acts: outcomes and subjects.
_OTHERS = {"done", "refused"}


def list_written() -> Iterator[str]:
    """Yield what stands as an act in a call that writes the audit."""
    for path in APP.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        }  # fmt: skip
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if not name.endswith("audit"):
                continue
            given = [*call.args, *(word.value for word in call.keywords if word.arg == "action")]
            parts = [
                part for one in given for part in ((one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,))
            ]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
                elif isinstance(part, ast.Name) and part.id in known:
                    yield known[part.id]


def test_every_act_that_is_written_has_words() -> None:
    """Collected from the code: no act is shown by its code."""
    written = set(list_written())
    assert {"log_in", "export", "hand_over_person", "save_view"} <= written
    labels = {name for _group, acts in ACTS.values() for name in acts}
    steps = {step.action for table in WORKFLOWS.values() for step in table.steps}
    assert written - labels - steps - _OTHERS - OBJECTS.keys() == set()
    assert labels >= MOVES
    assert labels >= {"work.report", "work.export", "work.import", "mail.resend", "webhook.resend"}
    assert steps | labels >= set(DECIDING)


def test_every_place_that_can_be_refused_has_words() -> None:
    """A refused attempt is on record by the name of its address: each blueprint is named."""
    found = set()
    for path in [*(APP / "pages").rglob("*.py"), *(APP / "api").rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Blueprint":
                found.add(str(call.args[0].value).removeprefix("api_"))  # type: ignore[attr-defined]  # a constant
    silent = {"pages", "htmx", "home", "log_in", "health", "openapi", "api_docs", "docs"}
    assert found - silent - PLACES.keys() == set()


def test_a_group_stands_for_its_acts() -> None:
    """The list offers whole groups; an unknown one restricts to nothing that exists."""
    assert "hand_over_person" in spread_group("group.posts")
    assert "verify" in spread_group("group.steps")
    assert spread_group("verify") == ("verify",)
    assert spread_group("") == ()
    assert spread_group("group.none") == ("group.none",)
