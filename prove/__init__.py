"""Proves the sandbox's promises over what really exists: `python -m prove --help`."""
