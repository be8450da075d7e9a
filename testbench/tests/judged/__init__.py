"""AWS's published rules over what the real engine deploys."""
