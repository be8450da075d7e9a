"""Builds the sandbox's images from their Dockerfiles and runs them, with podman and a private storage.

engine.py   podman's command line, and where its storage is
base.py     the Debian base that the images are built on
image.py    builds one image
"""
