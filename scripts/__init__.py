"""What sets a machine up, and what makes the product into something to hand out."""
