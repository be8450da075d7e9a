"""Builds the tools, runs the emulated AWS, drives Pulumi against it. Standard library only: it runs first."""
