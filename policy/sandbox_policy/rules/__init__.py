"""The rules, one per file; `sandbox_policy.catalogue` lists them."""
