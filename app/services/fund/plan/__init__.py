"""Plans of several years: imported from a file, told again by their keys; no money moves by them."""
