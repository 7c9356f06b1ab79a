"""Reads what people added to items beside their steps: remarks and notes, copies, the archive, who may read."""
