"""How each rule is asked: the ids in its address, and for what writes the least that is not refused for its form.

Who may not must be told so whatever they send, but some rules read the body first; so each body here is a whole one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.app.pages.conftest import PASSWORD
from tests.permissions.viewers import OTHER

Ids = Mapping[str, Any]
_PLACE = re.compile(r"\{(\w+)\}")
_KEYS = count(1)
CSV = "标题,牵头单位,完成期限\n核对数据,交通局,2026-06-30\n".encode()
PAID = "支付令号,金额,凭证号\n付〔2026〕99号,1.00,银1\n".encode()
FUND_RULE = {"control": "stop", "surplus": "carry", "number_sign": "财专", "reason": "调整"}
CALL = {
    "year": 2026, "title": "申报", "text": "请申报", "opens_on": "2026-03-02", "closes_on": "2026-12-31", "cap": "1.00",
    "criteria": [{"name": "必要性", "weight": 100}], "reviewers": [1],
}  # fmt: skip
FUND = {
    "code": "NEW", "name": "新资金", "purpose": "用途", "source_document": "文号", "first_year": 2026,
    "last_year": 2026, **FUND_RULE,
}  # fmt: skip
#: A plan of reports, as the API and as the form take it.
PLAN = {"name": "每月月报", "kind": "progress", "day": "workday:1", "clock": "08:30"}
PLAN_FORM = {**PLAN, "day": "workday", "number": "1", "rest": "next", "languages": "zh", "endings": "pdf"}
#: What an import takes for a table; its year is far away, so that loading it moves nothing here.
TABLE = {"year": 2031, "source": "通知", "days": [{"date": "2031-01-01", "name": "元旦", "isOffDay": True}]}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sent along: a JSON body, a form, a query, a file; `names` gives the address's names other ids."""

    json: Callable[[Ids], Any] | None = None
    form: Callable[[Ids], Mapping[str, Any]] | None = None
    query: str = ""
    file: tuple[str, bytes] | None = None
    names: Mapping[str, str] | None = None


def fill(path: str, ids: Ids, names: Mapping[str, str] | None) -> str:
    """Return the address with its ids."""
    return _PLACE.sub(lambda found: str(ids[(names or {}).get(found[1], found[1])]), path)


def make_key() -> str:
    """Return an idempotency key that nobody has used."""
    return f"key-{next(_KEYS)}"


def _text(**values: Any) -> Callable[[Ids], Any]:  # noqa: ANN401  # a body of any shape
    """Return a body; a text in braces becomes the id of that name."""

    def resolve(value: Any, ids: Ids) -> Any:  # noqa: ANN401  # as above
        if isinstance(value, str) and (found := _PLACE.fullmatch(value)):
            return ids[found[1]]
        if isinstance(value, list):
            return [resolve(one, ids) for one in value]
        if isinstance(value, dict):
            return {name: resolve(one, ids) for name, one in value.items()}
        return value

    return lambda ids: {name.rstrip("_"): resolve(value, ids) for name, value in values.items()}


def json_of(names: Mapping[str, str] | None = None, /, **values: Any) -> Asked:  # noqa: ANN401  # as above
    """Return a JSON body; `names` as in Asked."""
    return Asked(json=_text(**values), names=names)


def form_of(names: Mapping[str, str] | None = None, /, **values: Any) -> Asked:  # noqa: ANN401  # as above
    """Return a form; `names` as in Asked."""
    return Asked(form=_text(**values), names=names)


_PROJECT = Asked(names={"item_id": "project_id"})
_ALLOCATION = Asked(names={"item_id": "allocation_id"})
_DELIVERY = Asked(names={"kind": "delivery_kind"})
_DONE = Asked(names={"work_id": "done_id"})
_FROZEN = Asked(names={"ending": "paper_ending"})

ASKED: dict[str, Asked] = {
    "GET /papers/{paper_id}/files/{ending}": _FROZEN,
    "GET /api/v1/papers/{paper_id}/files/{ending}": _FROZEN,
    "POST /papers": form_of(kind="progress", period="2026-03"),
    "POST /papers/{paper_id}/corrections": form_of(reason="数字有误"),
    "POST /verify": form_of(code="{code}"),
    "POST /deliveries/{kind}/{delivery_id}/resend": _DELIVERY,
    "POST /api/v1/deliveries/{kind}/{delivery_id}/resend": _DELIVERY,
    "GET /works/{work_id}/file": _DONE,
    "GET /api/v1/works/{work_id}/file": _DONE,
    "GET /assets/htmx/{filename}": Asked(names={"filename": "htmx_file"}),
    "GET /bootstrap/assets/{filename}": Asked(names={"filename": "bootstrap_file"}),
    "POST /api/v1/actions": json_of(
        action="suspend", items=[{"id": "{item_id}", "version": "{version}"}], fields={"reason": "测试"}
    ),
    "DELETE /api/v1/attachments/{attachment_id}": json_of(reason="传错了"),
    "POST /api/v1/calendars": json_of(table=TABLE),
    "GET /api/v1/calendars/workdays": Asked(query="from=2026-03-02&until=2026-03-09"),
    "POST /api/v1/deliveries/held": json_of(decision="release"),
    "POST /api/v1/delegations": json_of(
        substitute="{free_id}", from_at="2026-04-01T00:00:00+08:00", to_at="2026-04-05T00:00:00+08:00", reason="出差"
    ),
    "POST /api/v1/delegations/preview": json_of(),
    "POST /api/v1/delegations/{delegation_id}/decline": json_of(),
    "POST /api/v1/delegations/{delegation_id}/end": json_of(),
    "POST /me/delegations/{delegation_id}/{action}": Asked(names={"action": "answer"}),
    "POST /me/delegations": form_of(substitute="{free_id}", from_on="2026-04-01", to_on="2026-04-05", reason="出差"),
    "POST /api/v1/departments": json_of(code="NEW", name="新局"),
    "POST /api/v1/departments/{department_id}/close": json_of(),
    "POST /api/v1/departments/{department_id}/merge": json_of(into="POL"),
    "GET /api/v1/departments/{department_id}/merge/plan": Asked(query="into=POL"),
    "POST /api/v1/departments/{department_id}/rename": json_of(name="气象和水文局"),
    "POST /api/v1/documents": json_of(kind="letter", title="来文"),
    "PATCH /api/v1/documents/{document_id}": json_of(title="更正后的来文"),
    "POST /api/v1/documents/{document_id}/attachments": Asked(file=("scan.txt", b"text")),
    "POST /api/v1/items/{item_id}/attachments": Asked(file=("scan.txt", b"text")),
    "POST /api/v1/items/{item_id}/remarks": json_of(text="留言"),
    "PATCH /api/v1/remarks/{remark_id}": json_of(text="更正"),
    "POST /api/v1/items/{item_id}/copies": json_of(people=["{receiver_id}"]),
    "POST /api/v1/copies/{copy_id}/read": Asked(names={"copy_id": "own_copy_id"}),
    "POST /api/v1/items/{item_id}/archive": json_of(),
    "PUT /api/v1/items/{item_id}/retention": json_of(retention="years_10"),
    "POST /api/v1/items/{item_id}/unarchive": json_of(reason="补充材料"),
    "POST /items/{item_id}/remarks": form_of(text="留言"),
    "POST /remarks/{remark_id}/correct": form_of(text="更正"),
    "POST /items/{item_id}/copies": form_of(people="测试wea_head"),
    "POST /items/{item_id}/retention": form_of(retention="years_10"),
    "POST /items/{item_id}/unarchive": form_of(reason="补充材料"),
    "POST /rules/changes": form_of(place="task", v__task__idle="15", u__task__idle="workdays", reason="调整"),
    "POST /rules/changes/{change_id}/edit": form_of(
        place="task", v__task__idle="14", u__task__idle="workdays", reason="调整", version="1"
    ),
    "POST /rules/changes/{change_id}/publish": form_of(version="1"),
    "POST /rules/changes/{change_id}/withdraw": form_of(version="1", note="不再调整"),
    "POST /rules/versions/{rule_set_id}/items": form_of(items="{item_id}", reason="按新规定"),
    "POST /api/v1/rules/changes": json_of(changes={"task.idle": "workdays(15)"}, reason="调整"),
    "PUT /api/v1/rules/changes/{change_id}": json_of(changes={"task.idle": "workdays(14)"}, reason="调整"),
    "POST /api/v1/rules/changes/{change_id}/publish": json_of(),
    "POST /api/v1/rules/changes/{change_id}/withdraw": json_of(note="不再调整"),
    "POST /api/v1/rules/versions/{rule_set_id}/items": json_of(items=["{item_id}"], reason="按新规定"),
    "PUT /api/v1/drafts/{form}": json_of(data={"f.title": "题目"}),
    "POST /api/v1/feeds": json_of(label="新的"),
    "POST /api/v1/imports": Asked(file=("ledger.csv", CSV), form=_text(row_kind="task")),
    "POST /api/v1/items/{item_id}/actions/{action}": json_of(fields={"reason": "测试"}),
    "POST /api/v1/items/{item_id}/links": json_of(links=[{"to": "{project_id}"}]),
    "DELETE /api/v1/items/{item_id}/links": Asked(query="kind=blocks&to={second_id}"),
    "GET /api/v1/items/{item_id}/plan": _PROJECT,
    "GET /api/v1/items/{item_id}/plan/tasks": _PROJECT,
    "GET /items/{item_id}/plan": _PROJECT,
    "GET /api/v1/funds/year-end": Asked(query="year=2026"),
    "POST /api/v1/funds": json_of(**FUND),
    "POST /api/v1/funds/year-end": json_of(year=2025),
    "POST /api/v1/funds/{fund_id}/rules": json_of(**FUND_RULE),
    "POST /api/v1/funds/{fund_id}/extend": json_of(last_year=2030, basis="文号"),
    "POST /api/v1/funds/{fund_id}/postings": json_of(operation="supplement", amount="1.00", basis="文号", confirm=True),
    "POST /api/v1/postings/{posting_id}/reverse": json_of(reason="记错"),
    "POST /api/v1/payments/orders": json_of(format="csv"),
    "POST /api/v1/payments/paid-list": Asked(file=("paid.csv", PAID)),
    "GET /api/v1/allocations/{item_id}": _ALLOCATION,
    "PATCH /api/v1/allocations/{item_id}": Asked(json=_text(title="更正"), names=_ALLOCATION.names),
    "POST /api/v1/allocations": json_of(
        project="{project_id}", fund="{fund_id}", title="设备", purpose="采购", need="更新", amount="1.00"
    ),
    "POST /api/v1/fund-calls": json_of(fund="{fund_id}", **CALL),
    "PUT /api/v1/fund-calls/{call_id}": json_of(**CALL),
    "POST /api/v1/fund-calls/{call_id}/cancel": json_of(reason="停办"),
    "POST /api/v1/fund-calls/{call_id}/decision": json_of(proposal="{proposal_id}"),
    "POST /api/v1/fund-calls/{call_id}/entries": json_of(item="{allocation_id}"),
    "POST /api/v1/fund-calls/{call_id}/entries/{entry_id}/scores": json_of(points=[80]),
    "POST /fund-calls/{call_id}/cancel": form_of(reason="", version="1"),
    "POST /fund-calls/{call_id}/decision": form_of(proposal="{proposal_id}", version="1"),
    "POST /fund-calls/{call_id}/edit": form_of(version="1"),
    "POST /fund-calls/{call_id}/entries": form_of(item="{allocation_id}"),
    "POST /fund-calls/{call_id}/entries/{entry_id}/scores": form_of(points="80"),
    "POST /fund-calls/{call_id}/open": form_of(version="1"),
    "POST /fund-calls/{call_id}/proposals": form_of(version="1"),
    "POST /fund-calls/{call_id}/score": form_of(version="1"),
    "POST /funds/new": form_of(**FUND),
    "POST /funds/year-end": form_of(year="2025"),
    "POST /funds/{fund_id}/entries/new": form_of(operation="supplement", amount="1.00", basis="文号", confirm="1"),
    "POST /funds/{fund_id}/extension": form_of(last_year="2030", basis="文号", version="1"),
    "POST /funds/{fund_id}/rules/new": form_of(**FUND_RULE, version="1"),
    "POST /funds/payments/orders": form_of(item="1"),
    "POST /funds/payments/paid-list": form_of(lines="[]"),
    "POST /funds/payments/preview": Asked(file=("paid.csv", PAID)),
    "POST /postings/{posting_id}/reversal": form_of(reason="记错"),
    "GET /allocations/{item_id}/edit": _ALLOCATION,
    "POST /allocations/{item_id}/edit": Asked(
        form=_text(title="更正", amount="1.00", source="{fund_id}", purpose="采购", need="更新", version="1"),
        names=_ALLOCATION.names,
    ),
    "GET /items/{item_id}/allocations/new": _PROJECT,
    "POST /items/{item_id}/allocations/new": Asked(
        form=_text(title="设备", amount="1.00", source="{fund_id}", purpose="采购", need="更新"), names=_PROJECT.names
    ),
    "POST /api/v1/me/password": json_of(old_password="not this one", new_password="another-one-that-is-long"),
    "POST /api/v1/me/second-factor/codes": json_of(password="not this one", code="123456"),
    "POST /api/v1/me/second-factor/confirm": json_of(password="not this one", code="123456"),
    "POST /api/v1/me/second-factor/off": json_of(password="not this one", code="123456"),
    "POST /api/v1/messages/preference": json_of(mail="digest"),
    "POST /api/v1/messages/read-all": json_of(),
    "POST /api/v1/posts": json_of(department="WEA", role="member", title="科员"),
    "POST /api/v1/posts/{post_id}/fill": json_of(person="{free_id}"),
    "POST /api/v1/posts/{post_id}/vacate": json_of(person="{person_id}"),
    "POST /api/v1/projects": json_of(template="{template_id}", title="新项目", departments={}, start_on="2026-04-01"),
    "POST /api/v1/reports/plans": json_of(**PLAN),
    "PUT /api/v1/reports/plans/{plan_id}": json_of(**PLAN),
    "POST /api/v1/reports": json_of(month="2026-02"),
    "POST /api/v1/tasks": json_of(title="新任务", department="TRA", due_on="2026-06-30"),
    "POST /api/v1/tasks/batch": json_of(rows=[{"title": "新任务", "department": "TRA", "due_on": "2026-06-30"}]),
    "POST /api/v1/templates": json_of(toml="key = 1"),
    "POST /api/v1/templates/{template_id}/plan": json_of(title="新项目", departments={}, start_on="2026-04-01"),
    "POST /api/v1/tokens": json_of(login=OTHER, password=PASSWORD),
    "POST /api/v1/users": json_of(login="newcomer", name="新人", department="WEA", role="member"),
    "POST /api/v1/users/{person_id}/access/end": json_of(way="all", reason="离岗"),
    "POST /api/v1/users/{person_id}/deactivate": json_of(),
    "POST /api/v1/users/{person_id}/handover": json_of(basis="none"),
    "POST /api/v1/users/{person_id}/identities": json_of(subject="person-1", issuer="https://id.example.gov"),
    "POST /api/v1/users/{person_id}/second-factor/reset": json_of(reason="手机丢失"),
    "POST /api/v1/views": json_of(place="tasks", name="新视图"),
    "POST /api/v1/webhooks": json_of(url="https://example.com/other"),
    "POST /api/v1/works": json_of(kind="export", arguments={"query": "/tasks", "format": "xlsx"}),
    "POST /attachments/{attachment_id}/remove": form_of(reason="传错了"),
    "POST /calendar/import": form_of(table="{}"),
    "POST /deliveries/held": form_of(decision="release"),
    "POST /documents": form_of(kind="letter", title="来文", received_on="2026-03-02"),
    "POST /documents/{document_id}/attachments": Asked(file=("scan.txt", b"text")),
    "POST /documents/{document_id}/close": form_of(closed="1", version="1"),
    "POST /documents/{document_id}/edit": form_of(kind="letter", title="更正", received_on="2026-03-02", version="1"),
    "POST /documents/{document_id}/tasks/upload": Asked(file=("rows.csv", CSV)),
    "POST /tasks/batch/upload": Asked(file=("rows.csv", CSV)),
    "POST /imports": Asked(file=("ledger.csv", CSV), form=_text(row_kind="task")),
    "POST /inbox/bulk": Asked(
        form=lambda ids: {"action": "suspend", "pick": f"{ids['item_id']}.{ids['version']}", "f__reason": "测试"}
    ),
    "POST /inbox/items/{item_id}/{action}": form_of(version="{version}", f__reason="测试"),
    "POST /items/{item_id}/actions/{action}": form_of(version="{version}", f__reason="测试"),
    "POST /items/{item_id}/attachments": Asked(file=("scan.txt", b"text")),
    "POST /items/{item_id}/links": form_of(relation="after", number="{project_id}"),
    "POST /items/{item_id}/links/remove": Asked(form=lambda ids: {"link": f"blocks.to.{ids['second_id']}"}),
    "POST /login": form_of(name=OTHER, password=PASSWORD),
    "POST /me/drafts/{form}": Asked(json=_text(who="{me}", version=None, data={"f.title": "题目"})),
    "POST /me/feeds": form_of(label="新的", lang="zh", alarm_days=""),
    "POST /me/messages": form_of(mail="digest"),
    "POST /me/password": form_of(
        old_password="not this one", new_password="another-one-that-is-long", again_password="another-one-that-is-long"
    ),
    "POST /me/second-factor/codes": form_of(password="not this one", code="123456"),
    "POST /me/second-factor/confirm": form_of(password="not this one", code="123456"),
    "POST /me/second-factor/off": form_of(password="not this one", code="123456"),
    "POST /me/tokens": form_of(label="新的", days="30"),
    "POST /organisation/departments/{department_id}/merge": form_of(into="{into}", version="1"),
    "GET /organisation/departments/{department_id}/merge": Asked(query="into={into}"),
    "POST /organisation/departments/{department_id}/posts": form_of(duty="member", title="科员"),
    "POST /organisation/departments/{department_id}/rename": form_of(name="气象和水文局", version="1"),
    "POST /organisation/holdings/{holding_id}/vacate": form_of(department="{department_id}"),
    "POST /organisation/people/{person_id}/handover": form_of(basis="none", confirmed="1"),
    "POST /organisation/departments/new": form_of(code="NEW", name="新局"),
    "POST /organisation/people/new": form_of(
        login="newcomer", name="新人", department="{department_id}", duty="member"
    ),
    "POST /organisation/people/{person_id}/access/end": form_of(what="all:", reason="离岗"),
    "POST /organisation/people/{person_id}/identities": form_of(subject="person-1"),
    "POST /organisation/people/{person_id}/second-factor/reset": form_of(reason="手机丢失"),
    "POST /organisation/posts/{post_id}/close": form_of(department="{department_id}"),
    "POST /organisation/posts/{post_id}/fill": form_of(person="{free_id}", department="{department_id}"),
    "POST /preference": form_of(theme="dark"),
    "POST /reports": form_of(kind="progress", period="2026-02", languages="zh", endings="pdf"),
    "POST /reports/plans/new": form_of(**PLAN_FORM),
    "POST /reports/plans/{plan_id}/edit": form_of(**PLAN_FORM, version="1"),
    "POST /reports/plans/{plan_id}/pause": form_of(version="1"),
    "POST /reports/plans/{plan_id}/resume": form_of(version="1"),
    "POST /reports/plans/{plan_id}/run": form_of(version="1"),
    "POST /tasks/new": form_of(title="新任务", department="TRA", due_on="2026-06-30"),
    "POST /templates/{template_id}/make": form_of(title="新项目", start_on="2026-04-01", step="make"),
    "POST /views": form_of(place="tasks", name="新视图", query=""),
    "POST /works": form_of(query="/tasks", format="xlsx"),
}  # fmt: skip
