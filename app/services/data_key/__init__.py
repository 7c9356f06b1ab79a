"""What lies sealed in a database: with which keys, and everything sealed anew with the active one."""
