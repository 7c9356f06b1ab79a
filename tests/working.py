"""What the tests of pages and API share about long work: the scheduler's process does what waits."""

from flask import Flask

from app.edge.context import Context, current_context
from app.edge.sending import make_tools
from app.jobs.long_work import work_once


def do_works(app: Flask) -> int:
    """Do everything that waits, as the scheduler's process would; returns how many works that were."""
    with app.app_context():
        context = current_context()
    return do_works_of(context)


def do_works_of(context: Context) -> int:
    """Do the same outside of any application, which is where the scheduler's process does it."""
    tools, count = make_tools(context), 0
    while work_once(tools):
        count += 1
    return count
