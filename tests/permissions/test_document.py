"""docs/permissions.md says what the table says."""

from tests.permissions.classes import CLASSES
from tests.permissions.document import PATH, write
from tests.permissions.table import TABLE
from tests.permissions.viewers import VIEWERS


def test_the_page_is_fresh() -> None:
    """Run `make docs` after a change of the table."""
    assert PATH.read_text(encoding="utf-8") == write()


def test_the_page_names_everything() -> None:
    """Every class, every address, every role."""
    page = write()
    assert [one.key for one in CLASSES if f"## {one.title}\n" not in page] == []
    assert [rule for rule, _ in TABLE if f"`{rule}`" not in page] == []
    assert [viewer.key for viewer in VIEWERS if f"| {viewer.said} |" not in page] == []
