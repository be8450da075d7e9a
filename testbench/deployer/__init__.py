"""The deployer's least-privilege policy, made from what `pulumi up`, `refresh` and `destroy` really call.

recording.py   calls that the emulator wrote down
unseen.py      rights that AWS asks for without an API call of their own, each with its source
scopes.py      how the stack's resources are told apart from others: by name, path or tag
document.py    calls and scopes make statements; statements make policies of at most 6,144 characters
life.py        the stack's whole life against an emulator that writes down each call
__main__.py    writes `deployer-policy/*.json`
"""
