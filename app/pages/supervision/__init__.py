"""Pages of supervision: the board, slips, documents, batches, the scheduler's day."""
