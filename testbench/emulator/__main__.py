"""Start the emulator: `python -m emulator [--port N] [--state-file FILE] [--exit-with-parent]
[--calls FILE] [--registry PROGRAM --layers FOLDER] [--verbose]`.

The first line on standard output is `listening on http://127.0.0.1:PORT`. The log goes to standard error.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from emulator import http_server, identity, image_registry, lifetime, recorded_calls
from emulator.application import build_application


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="on 127.0.0.1; 0, the default, means any free port"
    )
    parser.add_argument(
        "--state-file", type=Path, help="while listening, keep port and process id in this file"
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="end when standard input is closed")
    parser.add_argument("--calls", type=Path, help="write each call to this file, one JSON object a line")
    parser.add_argument("--registry", type=Path, help="the program that holds the images of ECR")
    parser.add_argument("--layers", type=Path, help="the folder in which that program keeps layers")
    parser.add_argument("--verbose", action="store_true", help="log each request")
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    # Waitress warns of each request that waits for its one thread, which is no fault here.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        bound = http_server.listening_socket(options.port)
    except OSError as error:
        print(f"emulator: cannot listen on 127.0.0.1:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    application = build_application()
    if options.calls:
        recorded_calls.install(options.calls)
    port = bound.getsockname()[1]
    registry = image_registry.start(options.registry, options.layers) if options.registry else None
    url = f"http://{http_server.LOOPBACK}:{port}"
    me = identity.Identity(port, url, registry.address if registry else "")
    try:
        lifetime.end_on_signals()
        if options.exit_with_parent:
            lifetime.end_with_standard_input()
        if options.state_file:
            identity.announce(me, options.state_file)
        print(f"listening on {me.url}", flush=True)
        http_server.serve(identity.with_identity(application, me), bound)
    finally:
        if options.state_file:
            identity.withdraw(me, options.state_file)
        if registry:
            registry.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
