"""What people add to items, as the API takes and shows it."""
