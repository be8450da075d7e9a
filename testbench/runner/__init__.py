"""Runs the tasks of the emulated Fargate, in the network that the emulator describes."""
