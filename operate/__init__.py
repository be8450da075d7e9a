"""Checks for whoever deploys the sandbox: `preflight` before `pulumi up`, `verify` after it."""
