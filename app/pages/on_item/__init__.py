"""What people add to items, on the pages: remarks and notes, copies for information, the archive."""
