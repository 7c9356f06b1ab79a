"""Leadership groups: their list, what an item's page shows of one, and the forms to found and to change one."""
