"""The part of the table that concerns leadership groups, meetings, topics, decisions and their series."""

MEETINGS = {
    "everybody": """
        POST /api/v1/meeting-series/preview
    """,
    "scoped": """
        GET /groups
        GET /meeting-series
        GET /meetings
        GET /meetings/execution
        GET /topics
        GET /topics/mine
        GET /topics/new
        GET /api/v1/agenda-items
        GET /api/v1/decisions
        GET /api/v1/decisions/execution
        GET /api/v1/groups
        GET /api/v1/meeting-series
        GET /api/v1/meetings
    """,
    "reads": """
        GET /meeting-series/{series_id}
        GET /meetings/{meeting_id}
        POST /meetings/{meeting_id}/bundle
        GET /meetings/{meeting_id}/bundle.pdf
        GET /meetings/{meeting_id}/decisions/new
        GET /meetings/{meeting_id}/follow-up
        GET /meetings/{meeting_id}/minutes
        GET /meetings/{meeting_id}/minutes.docx
        GET /meetings/{meeting_id}/minutes.pdf
        GET /meetings/{meeting_id}/minutes/compare
        GET /meetings/{meeting_id}/notice.pdf
        GET /meetings/{meeting_id}/sheet.pdf
        GET /meetings/{meeting_id}/wall
        GET /topics/{topic_id}/edit
        GET /api/v1/agenda-items/{item_id}
        GET /api/v1/decisions/{decision_id}/life
        GET /api/v1/decisions/{item_id}
        GET /api/v1/groups/{group_id}
        GET /api/v1/meeting-series/{series_id}
        GET /api/v1/meeting-series/{series_id}/preview
        GET /api/v1/meetings/{meeting_id}
        GET /api/v1/meetings/{meeting_id}/agenda
        GET /api/v1/meetings/{meeting_id}/bundle.pdf
        GET /api/v1/meetings/{meeting_id}/follow-up
        GET /api/v1/meetings/{meeting_id}/minutes
        GET /api/v1/meetings/{meeting_id}/minutes.docx
        GET /api/v1/meetings/{meeting_id}/minutes.pdf
        GET /api/v1/meetings/{meeting_id}/minutes/comments
        GET /api/v1/meetings/{meeting_id}/minutes/versions
        GET /api/v1/meetings/{meeting_id}/notice.pdf
        GET /api/v1/meetings/{meeting_id}/participants
        GET /api/v1/meetings/{meeting_id}/sheet.pdf
    """,
    "office": """
        GET /groups/new
        POST /groups/new
        GET /meeting-series/new
        POST /meeting-series/new
        GET /meetings/new
        POST /meetings/new
        GET /api/v1/decisions/to-complete
        POST /api/v1/groups
        POST /api/v1/meetings
    """,
    "invitation": """
        GET /meetings/{meeting_id}/invitation.ics
        GET /meetings/{meeting_id}/reply
        POST /meetings/{meeting_id}/reply
        POST /meetings/{meeting_id}/reply/file
        GET /api/v1/meetings/{meeting_id}/invitation.ics
        POST /api/v1/meetings/{meeting_id}/reply
    """,
    "wall": """
        GET /meetings/{meeting_id}/wall/now
    """,
    "meeting_office": """
        POST /decisions/{decision_id}/edit
        GET /groups/{group_id}/edit
        POST /groups/{group_id}/edit
        GET /groups/{group_id}/members
        POST /groups/{group_id}/members
        GET /groups/{group_id}/rules
        GET /meeting-series/{series_id}/edit
        POST /meeting-series/{series_id}/end
        POST /meetings/{meeting_id}/agenda/move
        POST /meetings/{meeting_id}/agenda/order
        GET /meetings/{meeting_id}/attendance
        POST /meetings/{meeting_id}/attendance
        POST /meetings/{meeting_id}/conflicts
        POST /meetings/{meeting_id}/decisions/new
        GET /meetings/{meeting_id}/live
        POST /meetings/{meeting_id}/live/attendance
        POST /meetings/{meeting_id}/live/end
        POST /meetings/{meeting_id}/live/start
        POST /meetings/{meeting_id}/live/step/{action}
        POST /meetings/{meeting_id}/live/votes
        POST /meetings/{meeting_id}/minutes/answers
        POST /meetings/{meeting_id}/notes/{place}
        GET /meetings/{meeting_id}/notes/{place}/revisions
        GET /meetings/{meeting_id}/participants
        POST /meetings/{meeting_id}/participants
        POST /meetings/{meeting_id}/participants/{participant_id}/remove
        POST /meetings/{meeting_id}/participants/{participant_id}/reply
        POST /api/v1/agenda-items/{item_id}/end
        POST /api/v1/agenda-items/{item_id}/start
        POST /api/v1/agenda-items/{item_id}/votes
        POST /api/v1/decisions
        PATCH /api/v1/decisions/{item_id}
        POST /api/v1/meeting-series
        PUT /api/v1/meeting-series/{series_id}
        POST /api/v1/meeting-series/{series_id}/end
        PUT /api/v1/meetings/{meeting_id}/agenda
        POST /api/v1/meetings/{meeting_id}/attendance
        DELETE /api/v1/meetings/{meeting_id}/conflicts
        POST /api/v1/meetings/{meeting_id}/conflicts
        POST /api/v1/meetings/{meeting_id}/participants
        DELETE /api/v1/meetings/{meeting_id}/participants/{participant_id}
        GET /api/v1/meetings/{meeting_id}/texts
        GET /api/v1/meetings/{meeting_id}/texts/{place}
        PUT /api/v1/meetings/{meeting_id}/texts/{place}
        POST /api/v1/meetings/{meeting_id}/texts/{place}/restore
        GET /api/v1/meetings/{meeting_id}/texts/{place}/revisions
        POST /api/v1/minutes-comments/{comment_id}/answer
    """,
    "meeting_office_form": """
        POST /groups/{group_id}/rules
        POST /meeting-series/{series_id}/edit
        POST /meetings/{meeting_id}/notes/{place}/restore
        PUT /api/v1/groups/{group_id}
        POST /api/v1/groups/{group_id}/changes
        POST /api/v1/groups/{group_id}/rules
    """,
    "office_hidden": """
        GET /meetings/to-complete
    """,
    "decision_form": """
        GET /decisions/{decision_id}/edit
    """,
    "topic_draft": """
        POST /topics/new
        POST /api/v1/agenda-items
    """,
    "topic_change": """
        POST /topics/{topic_id}/edit
        PATCH /api/v1/agenda-items/{item_id}
    """,
    "minutes_comment": """
        POST /meetings/{meeting_id}/minutes/comments
        POST /api/v1/meetings/{meeting_id}/minutes/comments
    """,
}
