"""The HTTP side of the control API."""
