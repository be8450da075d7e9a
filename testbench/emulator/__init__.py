"""An AWS API on 127.0.0.1: moto, the actions that the sandbox needs and moto lacks, and AWS's refusals."""
