"""Mutation tests: each mutant breaks one promise, and the tests show which check detects it."""
