"""The table: every method and address of the product, by the class of rules to which it belongs.

A rule that stands here twice, or not at all, fails a test, and so does one that the product no longer has.
"""

from tests.permissions.classes import BY_KEY, Class
from tests.permissions.meetings.table import MEETINGS
from tests.permissions.table_of_funds import FUNDS
from tests.permissions.table_of_keepers import KEEPING

_RULES = {
    "public": """
        GET /healthz
        GET /readyz
        GET /metrics
        GET /login
        POST /login
        GET /login/single-sign-on
        GET /verify
        POST /verify
        GET /verify/{code}
        POST /preference
        GET /me/drafts/{form}/watch
        GET /assets/{filename}
        GET /assets/htmx/{filename}
        GET /assets/swagger/{name}
        GET /bootstrap/assets/{filename}
        GET /api/v1/docs
        GET /api/v1/openapi.json
        GET /api/v1/verify/{code}
        POST /api/v1/tokens
    """,
    "secret": """
        GET /feeds/{key}.ics
    """,
    "half_way": """
        GET /login/code
        POST /login/code
        GET /login/single-sign-on/back
        GET /login/second-factor
        POST /login/second-factor
    """,
    "log_out": """
        POST /logout
    """,
    "everybody": """
        GET /calendar
        GET /calendar/{year}.json
        GET /templates
        GET /templates/{template_id}
        GET /templates/{template_id}.toml
        GET /templates/{template_id}/make
        GET /workflows
        GET /workflows/{kind}
        GET /rules
        GET /rules/versions
        GET /rules/versions/{rule_set_id}
        GET /api/v1/rules
        GET /api/v1/rules/versions
        GET /api/v1/rules/versions/{rule_set_id}
        GET /api/v1/calendars
        GET /api/v1/calendars/{year}
        GET /api/v1/calendars/workdays
        GET /api/v1/departments
        GET /api/v1/departments/{department_id}
        GET /api/v1/posts
        GET /api/v1/templates
        GET /api/v1/templates/{template_id}
        POST /api/v1/templates/{template_id}/plan
        GET /api/v1/users
        GET /api/v1/users/{person_id}
        GET /api/v1/workflows
        GET /api/v1/workflows/{kind}
    """,
    "scoped": """
        GET /
        GET /city
        GET /documents
        GET /escalations
        GET /inbox
        GET /inbox/bulk
        GET /inbox/items/{item_id}/{action}
        GET /items
        GET /items/export.{ending}
        GET /projects
        GET /records
        GET /reports
        GET /reports/progress.pdf
        GET /api/v1/reports/kinds
        GET /slips
        GET /papers
        GET /tasks
        GET /allocations
        GET /archive
        GET /api/v1/allocations
        GET /api/v1/allocations/export.{ending}
        GET /api/v1/archive
        GET /api/v1/city
        GET /api/v1/department-records
        GET /api/v1/disbursements
        GET /api/v1/documents
        GET /api/v1/escalations
        GET /api/v1/inbox
        GET /api/v1/items
        GET /api/v1/items/export.{ending}
        GET /api/v1/projects
        GET /api/v1/reports/owed
        GET /api/v1/requests
        GET /api/v1/slips
        GET /api/v1/papers
        GET /api/v1/tasks
    """,
    "self": """
        GET /reports/deliveries
        GET /reports/made
        GET /api/v1/reports/deliveries
        GET /guide
        POST /guide
        GET /copies
        GET /me
        GET /me/back
        GET /me/csrf
        GET /me/delegations
        POST /me/delegations
        GET /me/delegations/new
        GET /me/drafts
        POST /me/drafts/{form}
        POST /me/drafts/{form}/discard
        GET /me/feeds
        POST /me/feeds
        GET /me/messages
        POST /me/messages
        GET /me/password
        POST /me/password
        GET /me/second-factor
        POST /me/second-factor/begin
        POST /me/second-factor/codes
        POST /me/second-factor/confirm
        POST /me/second-factor/off
        GET /me/sessions
        POST /me/sessions/end
        GET /me/tokens
        POST /me/tokens
        GET /messages
        POST /messages/read-all
        GET /messages/sent
        POST /views
        GET /works
        GET /api/v1/copies
        GET /api/v1/delegations
        POST /api/v1/delegations
        POST /api/v1/delegations/preview
        GET /api/v1/drafts
        GET /api/v1/drafts/{form}
        PUT /api/v1/drafts/{form}
        DELETE /api/v1/drafts/{form}
        GET /api/v1/feeds
        POST /api/v1/feeds
        GET /api/v1/me
        POST /api/v1/me/password
        GET /api/v1/me/second-factor
        POST /api/v1/me/second-factor
        POST /api/v1/me/second-factor/codes
        POST /api/v1/me/second-factor/confirm
        POST /api/v1/me/second-factor/off
        GET /api/v1/me/sessions
        POST /api/v1/me/sessions/end
        GET /api/v1/messages
        GET /api/v1/messages/mails
        GET /api/v1/messages/preference
        POST /api/v1/messages/preference
        POST /api/v1/messages/read-all
        GET /api/v1/reports
        GET /api/v1/tokens
        GET /api/v1/views
        POST /api/v1/views
        GET /api/v1/works
    """,
    "own": """
        POST /me/sessions/{mark}/end
        DELETE /api/v1/me/sessions/{mark}
        POST /me/feeds/{feed_id}/revoke
        POST /me/tokens/{token_id}/revoke
        POST /messages/{message_id}/open
        POST /messages/{message_id}/read
        POST /views/{view_id}/delete
        POST /api/v1/copies/{copy_id}/read
        GET /works/{work_id}
        POST /works/{work_id}/apply
        POST /works/{work_id}/cancel
        GET /works/{work_id}/state
        DELETE /api/v1/feeds/{feed_id}
        POST /api/v1/messages/{message_id}/read
        DELETE /api/v1/tokens/{own_token_id}
        DELETE /api/v1/views/{view_id}
        GET /api/v1/works/{work_id}
        POST /api/v1/works/{work_id}/apply
        POST /api/v1/works/{work_id}/cancel
    """,
    "report_delivery": """
        GET /reports/deliveries/{run_id}
        GET /reports/deliveries/{run_id}/files/{file_id}
        GET /api/v1/reports/deliveries/{run_id}
        GET /api/v1/reports/deliveries/{run_id}/files/{file_id}
    """,
    "delegation": """
        GET /api/v1/delegations/{delegation_id}
    """,
    "delegation_step": """
        POST /me/delegations/{delegation_id}/{action}
        POST /api/v1/delegations/{delegation_id}/accept
        POST /api/v1/delegations/{delegation_id}/decline
        POST /api/v1/delegations/{delegation_id}/end
    """,
    "delegations": """
        GET /delegations
    """,
    "own_posted": """
        POST /works/{work_id}/again
        GET /works/{work_id}/file
        POST /api/v1/works/{work_id}/again
        GET /api/v1/works/{work_id}/file
    """,
    "posted": """
        POST /reports
        POST /works
        POST /api/v1/reports
        POST /api/v1/works
    """,
    "reads": """
        GET /attachments/{attachment_id}/content
        GET /items/{item_id}
        GET /items/{item_id}/copies
        GET /items/{item_id}/package
        GET /items/{item_id}/remarks
        GET /items/{item_id}/remarks/people
        GET /api/v1/items/{item_id}/copies
        GET /api/v1/items/{item_id}/package
        GET /api/v1/items/{item_id}/readers
        GET /api/v1/items/{item_id}/remarks
        GET /api/v1/remarks/{remark_id}
        GET /items/{item_id}/allocations/new
        GET /items/{item_id}/actions/{action}
        GET /items/{item_id}/changes
        GET /items/{item_id}/lights
        GET /items/{item_id}/plan
        GET /items/{item_id}/workflow
        GET /reminders/{rung_id}.pdf
        GET /slips/{slip_id}.pdf
        GET /papers/{paper_id}
        GET /papers/{paper_id}/files/{ending}
        GET /api/v1/attachments/{attachment_id}
        GET /api/v1/attachments/{attachment_id}/content
        GET /api/v1/escalations/{rung_id}/pdf
        GET /api/v1/items/{item_id}
        GET /api/v1/items/{item_id}/actions
        GET /api/v1/items/{item_id}/attachments
        GET /api/v1/items/{item_id}/changes
        GET /api/v1/items/{item_id}/history
        GET /api/v1/items/{item_id}/lights
        GET /api/v1/items/{item_id}/links
        GET /api/v1/items/{item_id}/plan
        GET /api/v1/items/{item_id}/plan/tasks
        GET /api/v1/items/{item_id}/workflow
        GET /api/v1/requests/{request_id}
        GET /api/v1/slips/{slip_id}/pdf
        GET /api/v1/papers/{paper_id}
        GET /api/v1/papers/{paper_id}/files/{ending}
    """,
    "reads_document": """
        GET /documents/{document_id}
        GET /api/v1/documents/{document_id}
        GET /api/v1/documents/{document_id}/attachments
    """,
    "remarks": """
        POST /items/{item_id}/remarks
        POST /api/v1/items/{item_id}/remarks
    """,
    "own_remark": """
        POST /remarks/{remark_id}/correct
        POST /remarks/{remark_id}/withdraw
        PATCH /api/v1/remarks/{remark_id}
        POST /api/v1/remarks/{remark_id}/withdraw
    """,
    "copies": """
        POST /items/{item_id}/copies
        POST /api/v1/items/{item_id}/copies
    """,
    "archive": """
        POST /items/{item_id}/archive
        POST /items/{item_id}/retention
        POST /copies/{copy_id}/withdraw
        POST /api/v1/items/{item_id}/archive
        PUT /api/v1/items/{item_id}/retention
        POST /api/v1/copies/{copy_id}/withdraw
    """,
    "unarchive": """
        POST /items/{item_id}/unarchive
        POST /api/v1/items/{item_id}/unarchive
    """,
    "office_step": """
        POST /attachments/{attachment_id}/remove
        POST /inbox/items/{item_id}/{action}
        POST /items/{item_id}/actions/{action}
        DELETE /api/v1/attachments/{attachment_id}
        POST /api/v1/items/{item_id}/actions/{action}
    """,
    "each": """
        POST /inbox/bulk
        POST /api/v1/actions
    """,
    "links": """
        POST /items/{item_id}/links
        POST /items/{item_id}/links/remove
        POST /api/v1/items/{item_id}/links
        DELETE /api/v1/items/{item_id}/links
    """,
    "files": """
        POST /items/{item_id}/attachments
        POST /api/v1/items/{item_id}/attachments
    """,
    "document_office": """
        POST /documents/{document_id}/attachments
        POST /documents/{document_id}/close
        GET /documents/{document_id}/edit
        PATCH /api/v1/documents/{document_id}
        POST /api/v1/documents/{document_id}/attachments
    """,
    "office_document": """
        POST /papers/{paper_id}/corrections
        POST /documents/{document_id}/edit
        GET /documents/{document_id}/tasks
        POST /documents/{document_id}/tasks
        POST /documents/{document_id}/tasks/upload
    """,
    "office": """
        GET /reports/plans
        GET /reports/plans/new
        POST /reports/plans/new
        GET /reports/plans/{plan_id}
        GET /reports/plans/{plan_id}/edit
        POST /reports/plans/{plan_id}/edit
        POST /reports/plans/{plan_id}/pause
        POST /reports/plans/{plan_id}/resume
        POST /reports/plans/{plan_id}/run
        GET /api/v1/reports/plans
        POST /api/v1/reports/plans
        GET /api/v1/reports/plans/{plan_id}
        PUT /api/v1/reports/plans/{plan_id}
        POST /api/v1/reports/plans/{plan_id}/pause
        POST /api/v1/reports/plans/{plan_id}/resume
        POST /api/v1/reports/plans/{plan_id}/run
        GET /api/v1/reports/plans/{plan_id}/runs
        POST /papers
        POST /city/refresh
        POST /rules/versions/{rule_set_id}/items
        POST /api/v1/rules/versions/{rule_set_id}/items
        POST /documents
        GET /documents/new
        GET /tasks/batch
        POST /tasks/batch
        GET /tasks/batch/form.xlsx
        POST /tasks/batch/upload
        GET /tasks/new
        POST /tasks/new
        POST /api/v1/city/refresh
        POST /api/v1/documents
        POST /api/v1/tasks
        POST /api/v1/tasks/batch
    """,
    "own_office": """
        GET /tasks/batch/made/{key}
    """,
    "proposers": """
        POST /templates/{template_id}/make
        POST /api/v1/projects
    """,
}
#: (rule, its class), in the order of the table.
TABLE: tuple[tuple[str, Class], ...] = tuple(
    (line.strip(), BY_KEY[key])
    for part in (_RULES, FUNDS, KEEPING, MEETINGS)
    for key, text in part.items()
    for line in text.strip().splitlines()
)
CLASS_OF = dict(TABLE)


def list_rules_of(key: str) -> list[str]:
    """Return the rules of a class."""
    return [rule for rule, one in TABLE if one.key == key]
