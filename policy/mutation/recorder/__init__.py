"""A policy pack that records what the engine shows it."""
