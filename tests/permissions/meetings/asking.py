"""What is sent along to the rules of groups and meetings."""

from tests.permissions.asking import Asked, form_of, json_of

_GROUP = {
    "title": "新小组", "office": "OFF", "term_from_on": "2026-01-01",
    "seats": [{"role": "leader", "post": "{leader_post_id}"}],
}  # fmt: skip
_SERIES = {
    "name": "月度协调会", "forum": "office", "day": "weekday:2:tue", "starts": "14:30", "first_month": "2026-05",
}  # fmt: skip
_MEETING = {
    "group": "{group_id}", "title": "新会议", "forum": "office", "day": "2026-05-20", "clock": "9:30", "minutes": 60,
}  # fmt: skip
_TOPIC = {"title": "新议题", "matter": "coordination", "brief": "需要协调。", "sought": "同意。"}
_CONFLICT = {"topic": "{heard_id}", "participant": "{participant_id}"}

_HEARD = {"item_id": "heard_id"}
_PDF = {"ending": "paper_ending"}

MEETINGS: dict[str, Asked] = {
    "GET /allocations/{item_id}/document.{ending}": Asked(names={"item_id": "granted_id", **_PDF}),
    "GET /api/v1/allocations/{item_id}/document.{ending}": Asked(names={"item_id": "granted_id", **_PDF}),
    "GET /disbursements/{item_id}/order.{ending}": Asked(names={"item_id": "disbursement_id", **_PDF}),
    "GET /api/v1/disbursements/{item_id}/order.{ending}": Asked(names={"item_id": "disbursement_id", **_PDF}),
    "GET /funds/{fund_id}/execution.{ending}": Asked(names=_PDF),
    "GET /api/v1/funds/{fund_id}/execution.{ending}": Asked(names=_PDF),
    "GET /api/v1/agenda-items/{item_id}": Asked(names=_HEARD),
    "GET /api/v1/decisions/{item_id}": Asked(names={"item_id": "decision_id"}),
    "GET /meetings/{meeting_id}/minutes/compare": Asked(query="from=1&to=1", names={"meeting_id": "issued_id"}),
    "DELETE /api/v1/meetings/{meeting_id}/conflicts": json_of(**_CONFLICT),
    "DELETE /api/v1/meetings/{meeting_id}/participants/{participant_id}": json_of(reason="不再参加"),
    "PATCH /api/v1/agenda-items/{item_id}": json_of({"item_id": "topic_id"}, title="更正的议题"),
    "PATCH /api/v1/decisions/{item_id}": json_of({"item_id": "decision_id"}, text="更正的决定。"),
    "POST /api/v1/agenda-items": json_of(meeting="{ahead_id}", **_TOPIC),
    "POST /api/v1/agenda-items/{item_id}/end": Asked(names=_HEARD),
    "POST /api/v1/agenda-items/{item_id}/start": Asked(names=_HEARD),
    "POST /api/v1/agenda-items/{item_id}/votes": json_of(_HEARD, votes_for=3, votes_against=0, votes_abstained=0),
    "POST /api/v1/decisions": json_of(meeting="{meeting_id}", text="另一项决定。"),
    "POST /api/v1/groups": json_of(**_GROUP),
    "PUT /api/v1/groups/{group_id}": json_of(**_GROUP),
    "POST /api/v1/groups/{group_id}/changes": json_of(
        lines=[{"op": "add", "role": "member", "post": "{post_id}"}], reason="增补"
    ),
    "POST /api/v1/groups/{group_id}/rules": json_of(rules={"topics_max": 5}, reason="调整"),
    "POST /api/v1/meeting-series": json_of(group="{group_id}", **_SERIES),
    "PUT /api/v1/meeting-series/{series_id}": json_of(**_SERIES, reason="调整"),
    "POST /api/v1/meeting-series/preview": json_of(**_SERIES),
    "POST /api/v1/meeting-series/{series_id}/end": json_of(last_month="2026-12", reason="换届"),
    "POST /api/v1/meetings": json_of(**_MEETING),
    "PUT /api/v1/meetings/{meeting_id}/agenda": json_of(order=["{heard_id}"]),
    "POST /api/v1/meetings/{meeting_id}/attendance": json_of(
        marks=[{"participant": "{participant_id}", "attendance": "present"}]
    ),
    "POST /api/v1/meetings/{meeting_id}/conflicts": json_of(**_CONFLICT, note="利害关系"),
    "POST /api/v1/meetings/{meeting_id}/minutes/comments": json_of(place="opening", text="请补充。"),
    "POST /api/v1/meetings/{meeting_id}/participants": json_of(role="guest", name="某公司代表"),
    "POST /api/v1/meetings/{meeting_id}/reply": json_of(reply="yes"),
    "PUT /api/v1/meetings/{meeting_id}/texts/{place}": json_of(text="会议开始了。", based_on=1),
    "POST /api/v1/meetings/{meeting_id}/texts/{place}/restore": json_of(revision=1, based_on=1),
    "POST /api/v1/minutes-comments/{comment_id}/answer": json_of(outcome="adopted"),
    "POST /decisions/{decision_id}/edit": form_of(text="更正的决定。", version="1"),
    "POST /groups/{group_id}/edit": form_of(version="1"),
    "POST /groups/{group_id}/members": form_of(version="1", reason="增补"),
    "POST /groups/{group_id}/rules": form_of(version="1", reason="调整"),
    "POST /meeting-series/new": form_of(group="{group_id}", **_SERIES),
    "POST /meeting-series/{series_id}/edit": form_of(**_SERIES, reason="调整", version="1"),
    "POST /meeting-series/{series_id}/end": form_of(last_month="2026-12", reason="换届", version="1"),
    "POST /meetings/new": form_of(**_MEETING),
    "POST /meetings/{meeting_id}/agenda/move": form_of(moved="{heard_id}", place="1", version="1"),
    "POST /meetings/{meeting_id}/agenda/order": form_of(order="{heard_id}", version="1"),
    "POST /meetings/{meeting_id}/attendance": Asked(form=lambda ids: {"mark": f"{ids['participant_id']}:present"}),
    "POST /meetings/{meeting_id}/conflicts": form_of(**_CONFLICT, note="利害关系"),
    "POST /meetings/{meeting_id}/decisions/new": form_of(text="另一项决定。"),
    "POST /meetings/{meeting_id}/live/end": form_of(topic="{heard_id}"),
    "POST /meetings/{meeting_id}/live/start": form_of(topic="{heard_id}"),
    "POST /meetings/{meeting_id}/live/step/{action}": form_of(
        {"action": "reopen_action"}, topic="{heard_id}", version="1"
    ),
    "POST /meetings/{meeting_id}/live/votes": form_of(topic="{heard_id}", votes_for="3"),
    "POST /meetings/{meeting_id}/minutes/answers": form_of(comment="{comment_id}", outcome="adopted"),
    "POST /meetings/{meeting_id}/minutes/comments": form_of(place="opening", text="请补充。"),
    "POST /meetings/{meeting_id}/notes/{place}": form_of(text="会议开始了。", based_on="1"),
    "POST /meetings/{meeting_id}/notes/{place}/restore": form_of(revision="1", based_on="1"),
    "POST /meetings/{meeting_id}/participants": form_of(role="guest", person="某公司代表", is_outside="1"),
    "POST /meetings/{meeting_id}/participants/{participant_id}/remove": form_of(reason="不再参加"),
    "POST /meetings/{meeting_id}/participants/{participant_id}/reply": form_of(reply="yes"),
    "POST /meetings/{meeting_id}/reply": form_of(reply="yes"),
    "POST /topics/new": form_of(meeting="{ahead_id}", **_TOPIC),
    "POST /topics/{topic_id}/edit": form_of(**_TOPIC, version="1"),
}  # fmt: skip
