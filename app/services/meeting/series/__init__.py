"""Series of meetings: their rule, the meetings that are due by it, what happens day by day before each."""
