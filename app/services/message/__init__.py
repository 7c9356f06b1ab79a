"""Messages: who is told what by which way, and what became of it."""
