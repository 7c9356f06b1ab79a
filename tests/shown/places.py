"""Every page of the product, with somebody whom it is for: what axe, keyboard, print and weight go through."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its route's endpoint, a path (names in braces are ids of `Shown`), whose it is, its status."""

    endpoint: str
    path: str
    login: str = "office"
    status: int = 200

    @property
    def name(self) -> str:
        """The place in a test's name."""
        return f"{self.path} as {self.login or 'nobody'}"


#: The pages in which people spend their days.
MAIN = (
    Place("home.show_home", "/"),
    Place("home.show_home", "/", "transport"),
    Place("home.show_home", "/", "transport2"),
    Place("home.show_home", "/", "leader"),
    Place("home.show_home", "/", "auditor"),
    Place("item.list_projects", "/projects"),
    Place("item.list_tasks", "/tasks"),
    Place("item.show_item", "/items/{project}", "transport"),
    Place("item.show_item", "/items/{task}", "transport"),
    Place("escalation.show_board", "/escalations"),
    Place("slip.list_all", "/slips"),
    Place("message.show_messages", "/messages", "transport"),
    Place("city.show", "/city", "leader"),
    Place("inbox.show", "/inbox"),
    Place("log.show", "/log", "auditor"),
)
PLACES = (
    *MAIN,
    Place("home.show_home", "/", "finance"),
    Place("home.show_home", "/", "admin"),
    Place("log_in.show_form", "/login", ""),
    Place("item.list_items", "/items?q=交通"),
    Place("item.list_items", "/items?q=无此事项"),
    Place("item.list_tasks", "/tasks?light=red&view=open", "data"),
    Place("item.show_item", "/items/{red}", "leader"),
    Place("item.show_item", "/items/{draft}"),
    Place("item.show_item", "/items/{submitted}"),
    Place("item.show_item", "/items/{any_share}"),
    Place("item.show_item", "/items/{slip}", "garden"),
    Place("item.show_item", "/items/{request}"),
    Place("item.show_action", "/items/{draft}/actions/cancel"),
    Place("item.show_action", "/items/{slip}/actions/answer", "garden"),
    Place("project.show_changes", "/items/{project}/changes?since=2026-06-01", "transport"),
    Place("project.show_lights", "/items/{project}/lights", "transport"),
    Place("project.list_plan", "/items/{project}/plan", "transport"),
    Place("project.show_way", "/items/{project}/workflow", "transport"),
    Place("project.list_workflows", "/workflows"),
    Place("project.show_workflow", "/workflows/task"),
    Place("slip.list_department_records", "/records"),
    Place("document.list_all", "/documents"),
    Place("document.show_one", "/documents/{document}"),
    Place("document.show_edit", "/documents/{document}/edit"),
    Place("document.show_new", "/documents/new"),
    Place("batch.show", "/documents/{document}/tasks"),
    Place("batch.show", "/tasks/batch"),
    Place("batch.show_made", "/tasks/batch/made/{batch}"),
    Place("batch.show_new", "/tasks/new"),
    Place("template.list_all", "/templates"),
    Place("template.show_one", "/templates/{template}"),
    Place("template.show_form", "/templates/{template}/make"),
    Place("report.show", "/reports", "leader"),
    Place("calendar.show", "/calendar"),
    Place("calendar.show_import", "/calendar/import", "admin"),
    Place("work.list_all", "/works"),
    Place("work.show_one", "/works/{work}"),
    Place("work.show_import", "/imports"),
    Place("day.show", "/scheduler", "admin"),
    Place("message.show_deliveries", "/deliveries", "admin"),
    Place("organisation.show_tree", "/organisation", "admin"),
    Place("organisation.show_department", "/organisation/departments/{department}", "admin"),
    Place("organisation.show_merge", "/organisation/departments/{department}/merge?into={other}", "admin"),
    Place("organisation.list_people", "/organisation/people", "admin"),
    Place("organisation.show_person", "/organisation/people/{person}", "admin"),
    Place("handover.show", "/organisation/people/{person}/handover", "admin"),
    Place("organisation.show_vacate", "/organisation/holdings/{holding}/vacate", "admin"),
    Place("inbox.show_bulk", "/inbox/bulk"),
    Place("sent.show", "/messages/sent", "transport"),
    Place("preference.show", "/me"),
    Place("delegation.show_own", "/me/delegations"),
    Place("delegation.show_new", "/me/delegations/new"),
    Place("delegation.show_city", "/delegations"),
    Place("account.show_sessions", "/me/sessions"),
    Place("account.show_password", "/me/password"),
    Place("draft.list_all", "/me/drafts"),
    Place("draft.show_back", "/me/back"),
    Place("feed.show", "/me/feeds"),
    Place("message.show_choice", "/me/messages"),
    Place("token.show_tokens", "/me/tokens"),
    Place("api_docs.show", "/api/v1/docs"),
    Place("", "/items/999999999", "office", 404),
    Place("", "/scheduler", "transport", 403),
)
#: Routes that answer with no page of their own, and why.
NO_PAGES = {
    "pages.static": "files",
    "htmx.static": "files",
    "bootstrap.static": "files",
    "api_docs.send_file": "files",
    "attachment.show_content": "a file",
    "calendar.download": "a file",
    "feed.read": "a calendar for programs",
    "api_health.tell_alive": "for machines",
    "api_health.tell_ready": "for machines",
    "list_export.send": "a file",
    "log.export": "a file",
    "inbox.show_form": "a form in a list's row; without script the action's page",
    "draft.show_token": "JSON for the form's script",
    "draft.watch": "a piece of a form",
    "slip.show_reminder": "a PDF",
    "slip.show_paper": "a PDF",
    "report.show_old_address": "a redirect",
    "batch.hand_out_form": "a file",
    "template.download": "a file",
    "work.show_file": "a file",
    "work.show_state": "a piece of a page",
}
