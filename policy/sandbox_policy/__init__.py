"""The rules that the sandbox's resources must satisfy, and the adapter that registers them with Pulumi."""
