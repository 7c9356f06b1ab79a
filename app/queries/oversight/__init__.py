"""What oversight reads: the log of acts, the figures of the city, what failed in the product itself."""
