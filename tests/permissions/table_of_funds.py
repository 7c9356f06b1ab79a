"""The part of the table that concerns special funds: who keeps them, reads them, asks for their money."""

FUNDS = {
    "fund_viewers": """
        GET /funds
        GET /funds/mine
        GET /funds/{fund_id}
        GET /funds/{fund_id}/ledger
        GET /funds/{fund_id}/projects
        GET /fund-calls
        GET /fund-calls/{call_id}
        GET /funds/{fund_id}/calls
        GET /api/v1/fund-calls
        GET /api/v1/fund-calls/{call_id}
        GET /api/v1/fund-calls/{call_id}/proposals
        GET /api/v1/fund-calls/{call_id}/scores
        GET /api/v1/funds
        GET /api/v1/funds/{fund_id}
        GET /api/v1/funds/{fund_id}/ledger.{ending}
        GET /api/v1/funds/{fund_id}/postings
        GET /api/v1/my-department/money
        GET /funds/{fund_id}/execution.{ending}
        GET /api/v1/funds/{fund_id}/execution.{ending}
    """,
    "fund_openers": """
        GET /funds/new
        POST /funds/new
        POST /funds/year-end
        GET /funds/payments
        POST /funds/payments/orders
        POST /funds/payments/paid-list
        POST /funds/payments/preview
        POST /api/v1/funds
        POST /api/v1/funds/year-end
        GET /api/v1/payments/orders
        POST /api/v1/payments/orders
        POST /api/v1/payments/paid-list
    """,
    "fund_year_end": """
        GET /funds/year-end
        GET /api/v1/funds/year-end
    """,
    "fund_keepers": """
        GET /fund-calls/{call_id}/edit
        POST /fund-calls/{call_id}/edit
        POST /fund-calls/{call_id}/cancel
        POST /fund-calls/{call_id}/open
        POST /fund-calls/{call_id}/proposals
        POST /fund-calls/{call_id}/score
        GET /funds/{fund_id}/calls/new
        POST /funds/{fund_id}/calls/new
        POST /api/v1/fund-calls
        PUT /api/v1/fund-calls/{call_id}
        POST /api/v1/fund-calls/{call_id}/cancel
        POST /api/v1/fund-calls/{call_id}/open
        POST /api/v1/fund-calls/{call_id}/proposals
        POST /api/v1/fund-calls/{call_id}/score
        GET /funds/{fund_id}/entries/new
        POST /funds/{fund_id}/entries/new
        GET /funds/{fund_id}/extension
        POST /funds/{fund_id}/extension
        GET /funds/{fund_id}/rules/new
        POST /funds/{fund_id}/rules/new
        POST /api/v1/funds/{fund_id}/extend
        POST /api/v1/funds/{fund_id}/postings
        POST /api/v1/funds/{fund_id}/rules
    """,
    "call_deciders": """
        POST /fund-calls/{call_id}/decision
        POST /api/v1/fund-calls/{call_id}/decision
    """,
    "call_reviewers": """
        POST /fund-calls/{call_id}/entries/{entry_id}/scores
        POST /api/v1/fund-calls/{call_id}/entries/{entry_id}/scores
    """,
    "call_entry": """
        POST /fund-calls/{call_id}/entries
        POST /fund-calls/{call_id}/entries/{entry_id}/withdraw
        POST /api/v1/fund-calls/{call_id}/entries
        POST /api/v1/fund-calls/{call_id}/entries/{entry_id}/withdraw
    """,
    "call_proposal": """
        GET /api/v1/fund-calls/{call_id}/proposals/{proposal_id}
    """,
    "posting": """
        GET /postings/{posting_id}
        GET /api/v1/postings/{posting_id}
    """,
    "posting_reversal": """
        GET /postings/{posting_id}/reversal
        POST /postings/{posting_id}/reversal
        POST /api/v1/postings/{posting_id}/reverse
    """,
    "allocation": """
        GET /allocations/{item_id}/edit
        GET /api/v1/allocations/{item_id}
        GET /allocations/{item_id}/document.{ending}
        GET /disbursements/{item_id}/order.{ending}
        GET /api/v1/allocations/{item_id}/document.{ending}
        GET /api/v1/disbursements/{item_id}/order.{ending}
    """,
    "allocation_change": """
        POST /allocations/{item_id}/edit
        PATCH /api/v1/allocations/{item_id}
    """,
    "allocation_draft": """
        POST /items/{item_id}/allocations/new
        POST /api/v1/allocations
    """,
}
