"""The ledger of special funds, measured."""
