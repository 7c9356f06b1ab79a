"""Pages of lists: projects, tasks, everything; their saved views and the files made of them."""
