"""Tables of speed for the tool itself: `make bench`. Images have their own."""
