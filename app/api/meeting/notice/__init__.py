"""The endpoints of meetings as they are arranged: series, the list of who is asked, replies, attendance."""
