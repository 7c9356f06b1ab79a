"""The queue on PostgreSQL: jobs that wake processes, what mends them, the processes that take them."""
