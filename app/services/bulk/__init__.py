"""What `offering` answers for one item, for a whole list of them in a constant number of statements."""
