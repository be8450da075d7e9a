"""Checks for the person who deploys the sandbox: `preflight` before `pulumi up`, `verify` after it."""
