"""What the city's overview reads: figures by reader, and the rows of the escalation board beside its cards."""
