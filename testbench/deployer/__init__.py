"""The deployer's least-privilege policy, made from the calls of `pulumi up`, `refresh` and `destroy`.

recording.py   reads the calls that an emulator recorded
unseen.py      permissions that AWS checks without an API call of their own, each with its source
scopes.py      how the policy recognises the stack's resources: by name, path or tag
document.py    makes statements of calls and scopes, and policies of at most 6,144 characters of statements
life.py        plays the stack's whole life against an emulator that records each call
__main__.py    writes `deployer-policy/*.json`
"""
