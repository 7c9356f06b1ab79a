"""The part of the table that concerns who keeps the product: organisation, accounts, rules, deliveries, the log."""

KEEPING = {
    "keepers": """
        GET /calendar/import
        POST /calendar/import
        GET /imports
        POST /imports
        GET /organisation
        GET /organisation/departments/{department_id}
        GET /organisation/departments/{department_id}/merge
        GET /organisation/holdings/{holding_id}/vacate
        GET /organisation/people
        GET /organisation/people/{person_id}
        GET /organisation/people/{person_id}/handover
        GET /scheduler
        POST /api/v1/calendars
        GET /api/v1/departments/{department_id}/merge/plan
        POST /api/v1/imports
        GET /api/v1/scheduler
        POST /api/v1/templates
        GET /api/v1/users/{person_id}/handover/plan
    """,
    "admins": """
        GET /deliveries
        GET /health
        POST /deliveries/held
        POST /deliveries/{kind}/{delivery_id}/resend
        GET /organisation/departments/new
        POST /organisation/departments/new
        POST /organisation/departments/{department_id}/close
        POST /organisation/departments/{department_id}/merge
        POST /organisation/departments/{department_id}/posts
        POST /organisation/departments/{department_id}/rename
        POST /organisation/holdings/{holding_id}/vacate
        GET /organisation/people/new
        POST /organisation/people/new
        GET /organisation/people/{person_id}/access
        POST /organisation/people/{person_id}/access/end
        POST /organisation/people/{person_id}/handover
        POST /organisation/people/{person_id}/identities
        POST /organisation/people/{person_id}/identities/{identity_id}/unlink
        POST /organisation/people/{person_id}/password
        POST /organisation/people/{person_id}/second-factor/reset
        POST /organisation/people/{person_id}/unlock
        POST /organisation/posts/{post_id}/close
        POST /organisation/posts/{post_id}/fill
        GET /api/v1/deliveries
        GET /api/v1/health
        POST /api/v1/deliveries/held
        POST /api/v1/deliveries/{kind}/{delivery_id}/resend
        POST /api/v1/departments
        POST /api/v1/departments/{department_id}/close
        POST /api/v1/departments/{department_id}/merge
        POST /api/v1/departments/{department_id}/rename
        POST /api/v1/posts
        POST /api/v1/posts/{post_id}/close
        POST /api/v1/posts/{post_id}/fill
        POST /api/v1/posts/{post_id}/vacate
        POST /api/v1/users
        GET /api/v1/users/{person_id}/access
        POST /api/v1/users/{person_id}/access/end
        POST /api/v1/users/{person_id}/deactivate
        POST /api/v1/users/{person_id}/handover
        POST /api/v1/users/{person_id}/identities
        DELETE /api/v1/users/{person_id}/identities/{identity_id}
        POST /api/v1/users/{person_id}/password
        POST /api/v1/users/{person_id}/second-factor/reset
        POST /api/v1/users/{person_id}/unlock
        GET /api/v1/users/{person_id}/account
        GET /api/v1/webhooks
        POST /api/v1/webhooks
        POST /api/v1/webhooks/{webhook_id}/disable
        POST /api/v1/webhooks/{webhook_id}/test
    """,
    "rule_viewers": """
        GET /rules/changes
        GET /rules/changes/{change_id}
        GET /rules/versions/{rule_set_id}/items
        GET /api/v1/rules/changes
        GET /api/v1/rules/changes/{change_id}
        GET /api/v1/rules/changes/{change_id}/preview
        GET /api/v1/rules/versions/{rule_set_id}/items
    """,
    "rule_drafters": """
        GET /rules/changes/new
        POST /rules/changes
        GET /rules/changes/{change_id}/edit
        POST /rules/changes/{change_id}/edit
        POST /api/v1/rules/changes
        PUT /api/v1/rules/changes/{change_id}
    """,
    "rule_publishers": """
        POST /rules/changes/{change_id}/publish
        POST /api/v1/rules/changes/{change_id}/publish
    """,
    "rule_enders": """
        POST /rules/changes/{change_id}/withdraw
        POST /api/v1/rules/changes/{change_id}/withdraw
    """,
    "log": """
        GET /log
        GET /log.csv
        GET /api/v1/audit
        GET /log/heads
        GET /log/heads.jsonl
        GET /log/{audit_id}/proof
        GET /api/v1/audit/heads
        GET /api/v1/audit/{audit_id}/proof
    """,
}
