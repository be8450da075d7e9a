"""Stands here so that pytest finds the pack's modules from whatever folder it is started in."""
