"""Several machines in small: web servers, workers and schedulers on one PostgreSQL, killed at random under load."""
