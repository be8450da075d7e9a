"""The tools of the control API: computer, bash and editor."""
