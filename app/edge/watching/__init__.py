"""What can be seen of a running installation: requests, figures, what is ready and what is missing."""
