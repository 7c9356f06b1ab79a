"""What the monthly report tells beyond its projects: matters, dates, money, decisions, as of the end of the month."""
