"""Reports that are made again and again: their plans, what falls due of them, who gets what was made."""
