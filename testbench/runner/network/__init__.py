"""The emulated VPC in network namespaces: routes, security groups, load balancer."""
