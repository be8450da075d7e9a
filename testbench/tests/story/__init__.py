"""The whole story of the local stack, from a clean clone to nothing left, on a machine of its own."""
