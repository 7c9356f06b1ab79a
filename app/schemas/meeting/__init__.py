"""Groups, meetings, topics and decisions as the API takes and shows them."""
