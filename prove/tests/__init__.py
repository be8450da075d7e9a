"""Tests of the proof, with sandboxes that are built through the AWS API of an emulator."""
