"""Issues papers: writes what was frozen, with number and code, all or nothing."""
