"""Special funds: the ledger's one writer, and what moves its money."""
