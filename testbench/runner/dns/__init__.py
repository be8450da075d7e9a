"""The emulated Route 53 Resolver: firewall, private names, query log."""
