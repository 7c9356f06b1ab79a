"""The commands of special funds."""
