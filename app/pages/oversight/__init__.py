"""What oversees: sections of the home page by post, the log of acts."""
