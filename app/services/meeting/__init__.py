"""Leadership groups and their meetings: the only code that writes what the other layers read of them."""
