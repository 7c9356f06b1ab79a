"""Topics: proposing and correcting them, their lists, what an item's page shows of one."""
