"""`make pictures`: the pictures of docs/, made from the lived city; the same each time."""
