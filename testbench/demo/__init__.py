"""`make demo`: a whole task on the running local stack, with a scripted model and a person who approves."""
