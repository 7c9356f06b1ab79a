"""Reads about special funds: figures from the ledger's kept totals and balances, never sums over its entries."""
