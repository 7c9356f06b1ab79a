"""The slip pass behind each sweep, under the sweep's lock: settle, make, issue; each batch its own unit of work."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from app.jobs.tools import Tools
from app.services.supervision.slip_batch import Batch
from app.services.supervision.slip_making import make_batch
from app.services.supervision.slip_settling import issue_batch, settle_batch


def run_slips(tools: Tools, at: datetime, may_go_on: Callable[[], bool]) -> Batch:
    """Bring the slips up to the instant `at`; idempotent. Stopped, what was done stays done.

    What has moved is settled first, so that nothing is issued about it; red slips made now are issued by a later
    pass, when their day of correction is over.
    """
    total = Batch()
    for work in (settle_batch, make_batch, issue_batch):
        after: int | None = 0
        while after is not None and may_go_on():
            batch = tools.database.write(partial(work, book=tools.book, at=at, after=after))
            total.add(batch)
            after = batch.last_id
    return total
