"""Judges that nobody here wrote: AWS's published schemas, applied to what the program deploys."""
