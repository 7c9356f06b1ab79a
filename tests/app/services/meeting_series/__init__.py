"""Series of meetings: founded, previewed, planned, kept in step with rule and calendar."""
