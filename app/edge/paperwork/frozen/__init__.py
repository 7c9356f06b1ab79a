"""What is done with frozen papers: made on demand and by the job, read, handed out, checked by anybody."""
