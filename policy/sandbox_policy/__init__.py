"""The rules that every resource of the sandbox has to keep, and the glue that hands them to Pulumi."""
