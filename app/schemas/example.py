"""Makes an example of a schema: a plausible value for each field, from its name, its limits, its kind."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.schemas.describing import name_schema
from app.schemas.item import Choices

Example = dict[str, Any]

#: Values by `Schema.field` or by a field's name; a value that a field's limits do not admit is not used.
_VALUES: dict[str, Any] = {
    "account": "xiaoli",
    "action": "receive",
    "acting_role": "lead_head",
    "BudgetEntry.basis": "云财专〔2026〕2号",
    "Disbursement.account": "6222000000000001",
    "FundExtension.basis": "云财专〔2026〕2号",
    "FundRule.number_sign": "云财专",
    "NewFund.name": "联合项目专项资金",
    "Order.account": "6222000000000001",
    "Payment.account": "6222000000000001",
    "first_year": 2026,
    "last_year": 2028,
    "indicator": "接入路口",
    "target": "120个",
    "order_number": "付〔2026〕12号",
    "voucher": "记12",
    "year": 2026,
    "address": "wang@example.gov",
    "as": 12,
    "assignee_name": "王建国",
    "basis": "5f1c0e",
    "body": {"key": "medical-sharing"},
    "cause": "due",
    "rung_cause": "due",
    "code": "NYJ",
    "created_by_name": "李敏",
    "currency": "CNY",
    "check": "disk",
    "Finding.state": "warning",
    "Alert.state": "warning",
    "Health.state": "warning",
    "cursor": "WyJkdWUiLCIiLDFd",
    "data": {"progress": "已完成接口联调。"},
    "department": "能源局",
    "department_name": "能源局",
    "department_name_en": "Energy Bureau",
    "details": {},
    "detail": "输入有1处需要更正。",
    "due_source": "typed",
    "duty": "head",
    "duty_after": "head",
    "email": "wang@example.gov",
    "en": "Energy Bureau",
    "expires_in_days": 90,
    "external_key": "2026-017",
    "external_source": "督查台账",
    "Fault.en": "expected a date, e.g. 2026-03-02.",
    "Fault.field": "due_on",
    "Fault.zh": "应为日期，如2026-03-02。",
    "fields": {"progress": "已完成接口联调。"},
    "from_state": "assigned",
    "job": "sweep",
    "key": "medical-sharing",
    "kind": "task",
    "label": "每日对账",
    "languages": ["zh", "en"],
    "last_error": "connection refused",
    "lead_name": "能源局",
    "light_facts": {"workdays_late": 2},
    "light_rule": "due_passed",
    "limit": 50,
    "limit_workdays": 15,
    "login": "wangjg",
    "media_type": "application/pdf",
    "message": "raised 3",
    "month": "2026-03",
    "name": "能源局",
    "name_en": "Energy Bureau",
    "number": "云联办〔2026〕17号",
    "outcome": "done",
    "owes": "提供充电桩点位数据",
    "parent": "NYJ",
    "password": "yunzhou-demo",
    "period": "2026-03",
    "Problem.code": "invalid",
    "Problem.status": 422,
    "Problem.title": "输入有误",
    "Problem.type": "urn:lianban:problem:invalid",
    "progress": "已完成接口联调。",
    "reason": "外部接口延期交付。",
    "remark": "同意。",
    "role": "head",
    "rung": 0,
    "scopes": ["read", "write"],
    "secret": "made-up-secret-of-32-characters",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "short_name": "能源局",
    "size_bytes": 48213,
    "source": "shipped",
    "source_kind": "meeting",
    "source_reference": "市政府第12次常务会议",
    "stage": "建设",
    "state": "received",
    "status": "sent",
    "template": "medical-sharing",
    "text": "已收到。",
    "title": "主城区信号机数据对接",
    "title_en": "Director",
    "to_role": "lead_head",
    "to_state": "received",
    "token": "lb_shown-once",
    "toml": 'key = "medical-sharing"\n',
    "topic": "escalated",
    "topics": ["escalated"],
    "url": "https://hooks.example.gov/lianban",
    "urgency": "normal",
    "value": "normal",
    "verdict": "agree",
    "version": 7,
    "weight_pct": 20,
    "zh": "能源局",
}

#: What nested labels say.
_TEXTS: dict[str, Any] = {
    "state_label": {"zh": "已接收", "en": "Received"},
    "action_label": {"zh": "接收", "en": "Receive"},
    "period_label": {"zh": "2026年3月", "en": "March 2026"},
    "request_label": {"zh": "延期", "en": "Extension"},
    "refusal": {"zh": "当前状态不能办理。", "en": "Not possible in this state."},
}


def make_example(schema: type[Schema]) -> Example:
    """Return an example of what `schema` admits or shows, with every field."""
    made = schema()
    return {
        field.data_key or name: _value(schema, field.data_key or name, field) for name, field in made.fields.items()
    }


def _value(schema: type[Schema] | None, name: str, field: fields.Field[Any]) -> Any:  # noqa: ANN401  # JSON
    if isinstance(field, fields.Nested):
        return _TEXTS.get(name) or make_example(type(field.schema))
    for key in (*(() if schema is None else _keys(schema, name)), name):
        if key in _VALUES and _admits(field, _VALUES[key]):
            return _VALUES[key]
    if isinstance(field, Choices):
        return [field.known[0]]
    if isinstance(field, fields.List):
        return [_value(None, name.removesuffix("s"), field.inner)]
    return _by_kind(name, field)


def _keys(schema: type[Schema], name: str) -> list[str]:
    return [f"{name_schema(kind)}.{name}" for kind in schema.__mro__ if issubclass(kind, Schema)]


def _by_kind(name: str, field: fields.Field[Any]) -> Any:  # noqa: ANN401  # JSON
    own = getattr(field, "example", None)
    choices = next((rule.choices for rule in field.validators if isinstance(rule, validate.OneOf)), None)
    if own is not None:
        return own
    if choices is not None:
        return next(iter(choices))
    if field.allow_none and name.endswith(("closed_at", "ended_at", "to_on", "next_cursor")):
        return None
    kinds: tuple[tuple[type[fields.Field[Any]], Any], ...] = (
        (fields.AwareDateTime, "2026-03-02T02:00:00+00:00"),
        (fields.Date, "2026-04-01"),
        (fields.Boolean, False),
        (fields.Integer, 1),
        (fields.Float, 2.5),
        (fields.Dict, {}),
    )
    return next((value for kind, value in kinds if isinstance(field, kind)), name)


def _admits(field: fields.Field[Any], value: Any) -> bool:  # noqa: ANN401  # JSON
    """Whether a value by name fits the field's kind and its limits."""
    kinds: tuple[tuple[type[fields.Field[Any]], type], ...] = (
        (fields.AwareDateTime, type(None)), (fields.Date, type(None)), (fields.Boolean, bool), (fields.Integer, int),
        (fields.Dict, dict), (fields.List, list), (fields.String, str),
    )  # fmt: skip
    wanted = next((made for kind, made in kinds if isinstance(field, kind)), None)
    if wanted is None or not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return False
    choices = [rule.choices for rule in field.validators if isinstance(rule, validate.OneOf)]
    if isinstance(field, fields.List) and isinstance(value, list):
        return all(_admits(field.inner, one) for one in value)
    return all(value in known for known in choices)
