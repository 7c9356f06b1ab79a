"""The demonstration city, lived and served: what pictures and browser tests look at."""
