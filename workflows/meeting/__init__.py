"""Leadership groups and their meetings: who sits, what comes before whom, what is decided and what becomes of it."""
