"""Lists of items at the edges: what their addresses ask for, what their columns say, and the files made of them."""
