"""Reports that are made by a timetable."""
