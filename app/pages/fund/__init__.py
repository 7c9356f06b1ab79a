"""The pages of special funds: overview, ledger, postings, keepers' forms, allocations."""
