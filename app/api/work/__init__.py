"""Long work, monthly reports, imports, and calendar feeds."""
