"""The agent that drives the sandboxed desktop, the console that a person watches it through, and the
record.
"""
