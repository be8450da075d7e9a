"""The viewer: a person's way to the desktop, behind TLS and the login password."""
