"""One rule a file; `sandbox_policy.catalogue` lists them."""
