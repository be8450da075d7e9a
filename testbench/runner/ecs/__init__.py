"""The emulated ECS: task definitions, the service scheduler, and what it reports."""
