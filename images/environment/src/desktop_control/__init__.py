"""The control API of the desktop: what the agent may do to the screen, the shell and the files of one
desktop."""
