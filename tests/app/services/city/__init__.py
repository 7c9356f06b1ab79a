"""The same parts of the product, tested."""
