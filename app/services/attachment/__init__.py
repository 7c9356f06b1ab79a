"""Files on items and documents: what may come in, who may add and remove, what upkeep drops."""
