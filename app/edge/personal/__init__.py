"""What belongs to the caller and pages and API share."""
