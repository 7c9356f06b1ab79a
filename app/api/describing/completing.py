"""Adds to every operation of the OpenAPI document what all of them share, so that no module says it again.

Tags by collection; limits and their headers; what a missing scope, a wrong body or an absent caller gets; ETags and
conditional reading; keys of repeated requests; bounds of ids.
"""

from typing import Any

from app.edge.problem import MEDIA_TYPE
from app.schemas.example import make_example
from app.schemas.problem import ProblemSchema

Part = dict[str, Any]

TAGS: dict[str, str] = {
    "tokens": "Log-in and bearer tokens / 登录与令牌",
    "me": "Who calls / 当前用户",
    "inbox": "What waits for the caller / 待办",
    "items": "Items of every kind, their steps and links / 事项",
    "remarks": "Remarks and internal notes / 留言与内部备注",
    "copies": "Copies for information / 抄送",
    "archive": "The archive / 归档",
    "projects": "Joint projects / 联合项目",
    "tasks": "Tasks, one or many / 任务",
    "requests": "What departments ask for about items / 申请",
    "slips": "Supervision slips / 督办单",
    "escalations": "Rungs that were reached / 催办",
    "department-records": "Departments' records in supervision / 督办记录",
    "documents": "The register of documents / 来文",
    "attachments": "Files / 附件",
    "templates": "Project templates / 项目模板",
    "departments": "Departments through time / 单位",
    "users": "People / 人员",
    "posts": "Posts and who holds them / 岗位",
    "messages": "What people were told / 消息",
    "delegations": "Who stands in for whom / 代理",
    "drafts": "What was typed and not sent / 草稿",
    "views": "Saved views of lists / 视图",
    "webhooks": "Other systems that are told / 系统对接",
    "deliveries": "Mails and webhook calls / 发送记录",
    "reports": "Reports / 报告",
    "papers": "Issued papers / 签发文件",
    "verify": "Whether a paper is genuine / 文件核验",
    "works": "Long work: asked for, watched, fetched / 后台任务",
    "imports": "Ledgers to be imported / 台账导入",
    "feeds": "Calendar feeds / 日历订阅",
    "city": "The city in figures / 全市概览",
    "calendars": "Working calendars / 工作日历",
    "workflows": "The regulations of each kind / 办理流程",
    "funds": "Special funds and their ledger / 专项资金",
    "agenda-items": "Topics of meetings: proposed, ordered, taken up, voted on / 议题",
    "groups": "Leadership groups: seats, rules of procedure, changes of members / 领导小组",
    "meeting-series": "When a group meets again and again / 会议系列",
    "meetings": "Meetings, their papers and minutes / 会议",
    "decisions": "Decisions and how they are carried out / 议定事项",
    "minutes-comments": "Comments on draft minutes / 纪要意见",
    "fund-calls": "Calls for requests, scores, proposals, decisions / 申报通知",
    "postings": "Single postings / 记账",
    "allocations": "What is asked of funds and allocated / 资金安排",
    "disbursements": "Payments of allocations / 拨付",
    "payments": "Payment orders and paid lists / 支付令",
    "my-department": "A department's own money / 本单位资金",
    "rules": "Limits, ladders, thresholds, sign-off rules, and changes of them / 规则",
    "scheduler": "The scheduler's day / 定时任务",
    "health": "How the installation stands / 系统状况",
    "actions": "Steps on many items at once / 批量办理",
    "audit": "The log of what was done / 审计日志",
}
_ID_MAX = 10**18 - 1  # more digits are no address
_LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
#: Headers of a successful answer beside those that follow from the parameters, by operation.
ANSWER_HEADERS: dict[str, tuple[str, ...]] = {
    "register_document": ("ETag", "Location"),
    "create_department": ("ETag",),
    "make_task": ("ETag", "Location"),
    "make_project": ("Location",),
    "add_template": ("Location",),
    "draft_rule_change": ("ETag", "Location"),
    "show_rule_change": ("ETag",),
    "edit_rule_change": ("ETag",),
    "publish_rule_change": ("ETag",),
    "withdraw_rule_change": ("ETag",),
    "open_fund": ("ETag", "Location"),
    "show_fund": ("ETag",),
    "post_budget": ("Location",),
    "reverse_posting": ("Location",),
    "draft_allocation": ("ETag", "Location"),
    "draft_group": ("ETag", "Location"),
    "show_meeting": ("ETag",),
    "show_agenda": ("ETag",),
    "draft_topic": ("ETag", "Location"),
    "show_topic": ("ETag",),
    "start_topic": ("ETag",),
    "end_topic": ("ETag",),
    "record_votes": ("ETag",),
    "note_decision": ("ETag", "Location"),
    "show_decision": ("ETag",),
    "show_group": ("ETag",),
    "ask_work": ("Location",),
    "ask_report": ("Location",),
    "make_report_plan": ("ETag", "Location"),
    "show_report_plan": ("ETag",),
    "import_ledger": ("Location",),
    "repeat_work": ("Location",),
    "apply_import": ("Location",),
}
HEADERS: Part = {
    "ETag": {
        "description": 'Names the version that If-Match takes, e.g. "7"; on readings a digest of the content follows,'
        ' e.g. "7-1f0c2a…".',
        "schema": {"type": "string"},
        "example": '"7"',
    },
    "Location": {"description": "Where the new thing is read", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "true: nothing was done again, this is the first answer", "schema": {"type": "string"}},
    "RateLimit-Limit": {"description": "Requests that the window grants", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Requests left in the window", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the window begins anew", "schema": {"type": "integer"}},
    "Retry-After": {"description": "Seconds until it makes sense to ask again", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}},
}  # fmt: skip
PARAMETERS: Part = {
    "If-None-Match": {
        "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "The ETag of the content that the caller has; 304 when it is still the same.",
    },
}  # fmt: skip
_PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: ("The body is no JSON", "bad_request", "请求无法读取"),
    401: ("No token, or one that is not valid", "token_missing", "请先登录"),
    403: ("Not for this caller, or the token lacks the scope", "scope_missing", "无权办理"),
    404: ("No such thing, or not for the caller to see", "not_found", "没有找到"),
    409: ("Not possible in the present condition", "step_not_open", "目前不能办理"),
    412: ("Somebody saved meanwhile; `current_version` is the present one", "version_stale", "内容已更新"),
    413: ("The body is too large", "too_large", "内容过大"),
    415: ("The body is not of a media type taken here", "unsupported_type", "不支持此内容类型"),
    422: ("Something is wrong with the input: every fault is listed", "invalid", "输入有误"),
    428: ("The request names no version (If-Match)", "version_missing", "缺少版本"),
    429: ("Too many requests; see Retry-After", "too_many_requests", "请求过于频繁"),
    503: ("The database or another part is away for the moment", "database_busy", "暂时无法使用"),
}


def complete_paths(paths: Part) -> Part:
    """Return `paths`, each operation completed in place."""
    for path, methods in paths.items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return paths


def _complete(path: str, method: str, operation: Part) -> None:
    tag = path.split("/")[1]
    if tag in TAGS:
        operation["tags"] = [tag]
    parameters: list[Part] = operation.setdefault("parameters", [])
    for parameter in parameters:
        _bound_id(parameter)
    answers: Part = operation["responses"]
    is_public = operation.get("security") == []
    if "requestBody" in operation:
        _add_problems(answers, 400, 413, 415, 422)
    if not is_public:
        _add_problems(answers, 401, 403)
    _add_problems(answers, 429, 503)
    for status, answer in answers.items():
        if int(status) in _PROBLEMS:
            answers[status] = {"$ref": f"#/components/responses/Problem{status}"}
        elif int(status) < 300:  # noqa: PLR2004  # a success
            _name_headers(answer, *_headers_of(operation, path, method, answer), *_LIMIT_HEADERS)
    if _is_one(path, method, answers):
        parameters.append({"$ref": "#/components/parameters/If-None-Match"})
        answers["304"] = {"description": "The caller has this content already"}
        _name_headers(answers["304"], "ETag", *_LIMIT_HEADERS)
    operation["responses"] = dict(sorted(answers.items()))
    if not parameters:
        del operation["parameters"]


def _bound_id(parameter: Part) -> None:
    if parameter.get("in") == "path" and parameter["schema"].get("type") == "integer":
        parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": _ID_MAX}
        parameter["example"] = 1


def _add_problems(answers: Part, *statuses: int) -> None:
    for status in statuses:
        answers.setdefault(str(status), {})


def _is_one(path: str, method: str, answers: Part) -> bool:
    """Whether an operation reads one thing as JSON: such readings are conditional."""
    return method == "get" and "{" in path and "application/json" in answers.get("200", {}).get("content", {})


def _headers_of(operation: Part, path: str, method: str, answer: Part) -> list[str]:
    names = {parameter.get("name") for parameter in operation["parameters"]}
    found = list(ANSWER_HEADERS.get(operation["operationId"], ()))
    if ("If-Match" in names or _is_one(path, method, {"200": answer})) and "ETag" not in found:
        found.append("ETag")
    if "Idempotency-Key" in names:
        found.append("Idempotency-Replayed")
    return found


def _name_headers(answer: Part, *names: str) -> None:
    if names:
        known = answer.setdefault("headers", {})
        known |= {name: {"$ref": f"#/components/headers/{name}"} for name in names if name not in known}


def describe_problems() -> Part:
    """Return the problem documents as components, by name."""
    return {f"Problem{status}": _problem(status) for status in _PROBLEMS}


def _problem(status: int) -> Part:
    said, code, title = _PROBLEMS[status]
    shown = make_example(ProblemSchema) | {
        "type": f"urn:lianban:problem:{code}", "code": code, "title": title, "status": status,
    }  # fmt: skip
    if status != 422:  # noqa: PLR2004  # only wrong input has single faults
        shown |= {"faults": [], "detail": f"{title}。"}
    if status != 412:  # noqa: PLR2004  # only an old version comes with the present one
        shown.pop("current_version")
    schema = {"$ref": "#/components/schemas/Problem"}
    made: Part = {"description": said, "content": {MEDIA_TYPE: {"schema": schema, "example": shown}}}
    more = {401: ("WWW-Authenticate",), 429: ("Retry-After",)}.get(status, ())
    _name_headers(made, *more, *(_LIMIT_HEADERS if status != 503 else ()))  # noqa: PLR2004  # may come before counting
    return made
