"""The report centre: which papers somebody may have, asking for one, the plans by which they are made by themselves."""
