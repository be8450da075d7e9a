"""The agent: its loop, tools, budgets and approvals. Knows nothing of pages or browsers."""
