"""Reads the project templates that the product ships."""

from functools import cache
from pathlib import Path

from workflows.template import Template
from workflows.template_reader import read_template

FOLDER = Path(__file__).resolve().parents[2] / "templates_shipped"


@cache
def read_shipped_templates() -> tuple[Template, ...]:
    """Return the shipped templates, by key."""
    return tuple(read_template(path.read_text(encoding="utf-8"), path.name) for path in sorted(FOLDER.glob("*.toml")))
