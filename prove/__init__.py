"""Proves the sandbox's promises over the resources that exist in AWS: `python -m prove --help`."""
