"""`flask docs workflows`: draws docs/workflows/ from the tables."""

from pathlib import Path

import click

from workflows.catalogue import WORKFLOWS
from workflows.diagram import draw

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "workflows"


@click.group("docs")
def docs_group() -> None:
    """Draw what is drawn from the code."""


@docs_group.command("workflows")
def draw_workflows() -> None:
    """Write a page for every workflow."""
    for kind, table in WORKFLOWS.items():
        path = FOLDER / f"{kind}.md"
        path.write_text(draw(table), encoding="utf-8")
        click.echo(f"docs: {path.name}")


COMMANDS = (docs_group,)
