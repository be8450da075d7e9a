"""Runs of minutes that show what happens once in a while; `make soak` runs them."""
