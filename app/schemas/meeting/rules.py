"""Rules of procedure in JSON: amounts are decimal texts in yuan; what they mean is `workflows.meeting.procedure`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from app.schemas.loading import expects
from workflows.meeting.procedure import FORUMS, MATTERS, SEATS

_SEATS: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": list(SEATS)}}
_BY_FORUM: dict[str, Any] = {"type": "object", "properties": dict.fromkeys(FORUMS, _SEATS)}
#: Each rule as the description has it.
RULES: dict[str, dict[str, Any]] = {
    "present_pct": {"type": "integer", "minimum": 0, "maximum": 99,
                    "description": "More than this share of the invited units must be there / 到会比例须超过（%）"},
    "must_attend": {**_SEATS, "description": "One of these seats must be there / 其中至少一人到会"},
    "forums": {
        "type": "object", "properties": {name: {"type": "string", "enum": list(FORUMS)} for name in MATTERS},
        "description": "The lowest meeting that may decide a matter / 各类事项由哪一级会议决定",
    },
    "invited": {**_BY_FORUM, "description": "Whom each meeting invites, by seat / 各级会议的参会席位"},
    "chairs": {**_BY_FORUM, "description": "Who chairs each meeting, the first who can / 各级会议的主持席位，依次递补"},
    "deputies_approve_up_to": {
        "type": ["string", "null"], "pattern": r"^[0-9]+(\.[0-9]{1,2})?$",
        "description": "The largest amount, in yuan, that a deputy alone approves; null: any"
                       " / 副组长单独审批的金额上限（元）",
    },
    "members_approve": {"type": "boolean",
                        "description": "Members with a leader's post approve money, too / 成员也可审批资金"},
    "deciders": {**_SEATS, "description": "Who decides on projects, requests, notices and members / 由谁决定各类事项"},
    "climbs_to": {**_SEATS, "description": "Whom an escalation to the group reaches / 提交领导小组时通知谁"},
    "topics_max": {"type": "integer", "minimum": 1, "maximum": 99,
                   "description": "Proposed topics of a meeting at most / 一次会议最多受理几个申报议题"},
    "paper_needed": {"type": "boolean", "description": "A topic needs a paper / 议题须附材料"},
    "carry_on_days": {"type": "integer", "minimum": 0, "maximum": 366,
                      "description": "Days after which an unfinished decision returns; 0: not by days"
                                     " / 未办结的议定事项满多少天再上会，0为不按天数"},
}  # fmt: skip
EXAMPLE: dict[str, Any] = {"deputies_approve_up_to": "1000000.00", "deciders": ["leader", "deputy"]}


class RulesField(fields.Field[dict[str, Any]]):
    """Rules of procedure: an object of the rules that differ from what holds; the edge reads and checks them."""

    described: dict[str, Any] = {"type": "object", "properties": RULES}  # noqa: RUF012  # read by the description only
    example = EXAMPLE

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        said = expects("议事规则对象", "an object of rules of procedure")
        super().__init__(**{"metadata": said, **more})

    def _deserialize(self, value: Any, *_: object, **__: object) -> dict[str, Any]:  # noqa: ANN401  # outside input
        if not isinstance(value, Mapping):
            raise ValidationError("no object")
        return dict(value)
