"""A policy pack that records the engine's requests."""
