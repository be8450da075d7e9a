"""A stand-in for the model's API over HTTP: the Claude API and both of Bedrock's endpoints, scripted and
strict.

`python -m fake_claude --port PORT --script FILE` serves it; needs only the standard library.
"""
