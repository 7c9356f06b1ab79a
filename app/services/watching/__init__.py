"""Keeps what is wrong with the installation, and tells its administrators."""
