"""What pages and API share of what people add to items: remarks, copies, the archive."""
