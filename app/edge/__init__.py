"""What the edges (api, pages, commands) share: the context of the process, the caller, the table of errors."""
