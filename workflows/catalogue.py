"""All workflows of this release, by kind."""

from workflows.machine import Workflow
from workflows.meeting.agenda_item import AGENDA_ITEM
from workflows.meeting.decision import DECISION
from workflows.meeting.group import LEADERSHIP_GROUP
from workflows.meeting.meeting import MEETING
from workflows.money.allocation import ALLOCATION
from workflows.money.disbursement import DISBURSEMENT
from workflows.project import PROJECT
from workflows.request import REQUEST
from workflows.share import SHARE
from workflows.slip import SLIP
from workflows.task import TASK

WORKFLOWS: dict[str, Workflow] = {
    table.kind: table
    for table in (
        PROJECT,
        TASK,
        SHARE,
        SLIP,
        REQUEST,
        ALLOCATION,
        DISBURSEMENT,
        LEADERSHIP_GROUP,
        MEETING,
        AGENDA_ITEM,
        DECISION,
    )
}
