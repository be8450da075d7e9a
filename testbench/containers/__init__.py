"""The container engine of the test bench: podman or docker, its private storage, and building images with it.

engine.py           runs the engine's command line; podman and docker have the same verbs
private_podman.py   settings that keep podman's images and containers below one folder
system_calls.py     the filter of system calls, as narrow as Docker's
ulimits.py          limits of open files and processes that may be set on this machine
base.py             the Debian base that the images are built on
image.py            builds one image, for the tests; `make up` builds through the Docker provider's stand-in

Standard library only, because the launcher uses it before anything is installed.
"""
