"""The X display: screenshots, waiting until the screen has settled, pointer and keyboard."""
