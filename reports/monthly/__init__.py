"""The parts of the monthly progress report that are more than lists of projects and items, and its DOCX and XLSX."""
