"""What goes out to other machines, against real servers."""
