"""An AWS API on 127.0.0.1: moto, the APIs that the sandbox needs and moto lacks, and refusals that AWS would give."""
