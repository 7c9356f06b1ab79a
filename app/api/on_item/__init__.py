"""What people add to items, over HTTP."""
