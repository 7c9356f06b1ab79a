"""Meetings as they are arranged, on the pages: series, who is asked, the own reply, who came."""
