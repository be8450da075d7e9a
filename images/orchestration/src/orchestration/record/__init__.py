"""The record: every prompt, action, result, approval and sign-in, in a chain of hashes.

`verify` says what a check of it finds, with and without the log outside the task, and what it does not."""
