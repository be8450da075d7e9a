"""The record: every prompt, action, result, approval and sign-in, in a chain that shows any later change."""
