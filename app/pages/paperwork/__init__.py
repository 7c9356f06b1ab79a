"""Pages of issued papers: the list, one with its versions and files, and the public page that checks one."""
