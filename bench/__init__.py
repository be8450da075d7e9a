"""`make bench`: tables of speed for the Pulumi program and the launcher. The images have their own."""
