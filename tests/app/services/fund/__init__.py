"""Special funds: the ledger, allocations, payments, years."""
