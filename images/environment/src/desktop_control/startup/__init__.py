"""From the container's environment variables to a supervised desktop."""
