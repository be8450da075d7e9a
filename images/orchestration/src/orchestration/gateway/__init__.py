"""Everything between a browser and the pages: TLS, login, sessions, back-off, security headers."""
