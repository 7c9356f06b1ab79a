"""The endpoints of special funds, their ledger, allocations and payments."""
