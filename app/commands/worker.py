"""`flask worker`: a process that takes long works and messages from the queue; as many as wished, PostgreSQL only."""

import click

from app.commands.scheduler import begin_serving, metrics_option
from app.edge.context import current_context
from app.edge.sending import make_tools
from app.jobs.worker import CONCURRENCY, require_queue, run_worker

_CONCURRENCY_MAX = 32


@click.command("worker")
@click.option(
    "--concurrency", type=click.IntRange(1, _CONCURRENCY_MAX), default=CONCURRENCY, show_default=True,
    help="Long works at one time; messages have a place of their own.",
)  # fmt: skip
@metrics_option
def worker(concurrency: int, metrics_port: int | None) -> None:
    """Take jobs from the queue until SIGTERM or SIGINT; ends with status 0."""
    context = current_context()
    require_queue(context.database)
    run_worker(make_tools(context), begin_serving(context, metrics_port), concurrency=concurrency)


COMMANDS = (worker,)
